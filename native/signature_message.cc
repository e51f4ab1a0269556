// The sentence for arguments that no overload takes; made only when it is needed.
#include <c10/core/MemoryFormat.h>

#include <algorithm>
#include <sstream>

#include "signature.h"

namespace ltn {
namespace {

std::string defaultText(const ArgumentSpec& spec) {
  const c10::IValue& value = spec.fallback;
  if (value.isNone()) return "None";
  if (value.isBool()) return value.toBool() ? "True" : "False";
  if (value.isString()) return "\"" + value.toStringRef() + "\"";
  std::ostringstream text;
  if (spec.type.type == SchemaType::MemoryFormat && value.isInt())
    text << static_cast<c10::MemoryFormat>(value.toInt());
  else
    text << value;
  return text.str();
}

size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string nearest(const std::string& word, const std::vector<const Overload*>& overloads) {
  std::vector<std::pair<size_t, std::string>> known;
  for (const Overload* overload : overloads)
    for (const auto& spec : overload->arguments)
      if (spec.name != "self") known.emplace_back(distance(word, spec.name), spec.name);
  for (const Overload* overload : overloads)
    if (overload->isFactory) known.emplace_back(distance(word, "requires_grad"), "requires_grad");
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  std::string text;
  for (size_t i = 0; i < known.size() && i < 3; ++i) text += (i ? ", '" : "'") + known[i].second + "'";
  return text;
}

}  // namespace

std::string signatureText(const std::string& name, const Overload& overload, bool method) {
  std::string text = name + "(";
  bool first = true, star = false;
  for (size_t i = 0; i < overload.arguments.size(); ++i) {
    if (method && static_cast<int>(i) == overload.self) continue;
    const ArgumentSpec& spec = overload.arguments[i];
    if (!first) text += ", ";
    first = false;
    if (spec.keywordOnly && !star) {
      text += "*, ";
      star = true;
    }
    text +=
        typeText(overload.handle.schema().arguments()[i]) + " " + (spec.name == "self" ? "input" : spec.name);
    if (spec.hasDefault) text += "=" + defaultText(spec);
  }
  if (overload.isFactory) text += ", bool requires_grad=False";
  return text + ")";
}

std::string mismatch(const std::string& name, const std::vector<const Overload*>& overloads,
                     const Arguments& arguments) {
  Mismatch best;
  const Overload* closest = nullptr;
  std::vector<std::string> words;
  for (const Overload* overload : overloads) {
    Mismatch why;
    Binding binding;
    if (match(*overload, arguments, binding, why)) continue;
    // Among equals, one that says more than that there were too many; and of those, the one with the most
    // room.
    const bool vague = closest && best.why == Mismatch::Why::TooMany && why.progress == best.progress;
    if (!closest || why.progress > best.progress ||
        (vague && (why.why != best.why || overload->positional > closest->positional))) {
      best = why;
      best.value = nullptr;
      // Keep what outlives this binding: positional values and options do, a gathered list does not.
      if (why.value && why.value != &binding.packed) best.value = why.value;
      closest = overload;
    }
  }
  std::string text = name + "(): ";
  if (!closest) return text + "there is no such overload";
  const auto argumentName = [&](int i) {
    const std::string& raw = closest->arguments[static_cast<size_t>(i)].name;
    return raw == "self" ? std::string("input") : raw;
  };
  switch (best.why) {
    case Mismatch::Why::Kind: {
      if (best.argument < 0) {
        text += "these arguments do not fit";
        break;
      }
      const std::string argument = argumentName(best.argument);
      // Every overload that has an argument of this name at this place adds what it would take.
      for (const Overload* overload : overloads) {
        const auto index = static_cast<size_t>(best.argument);
        if (index >= overload->arguments.size() ||
            overload->arguments[index].name != closest->arguments[index].name)
          continue;
        std::string word = typeWords(overload->arguments[index].type);
        if (overload->arguments[index].type.optional) word += " or null";
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
      }
      text += "argument '" + argument + "'";
      if (best.position > 0) text += " (position " + std::to_string(best.position) + ")";
      text += " must be ";
      for (size_t i = 0; i < words.size(); ++i) text += (i ? " or " : "") + words[i];
      if (best.value) text += ", not " + describe(*best.value);
      break;
    }
    case Mismatch::Why::TooMany: {
      const size_t room = closest->positional - (arguments.method ? 1 : 0);
      const size_t given = arguments.positional.size() - (arguments.method ? 1 : 0);
      text += "takes " + std::to_string(room) + " positional argument" + (room == 1 ? "" : "s") + " but " +
              std::to_string(given) + (given == 1 ? " was given" : " were given");
      break;
    }
    case Mismatch::Why::Missing:
      text += "missing argument '" + argumentName(best.argument) + "'";
      break;
    case Mismatch::Why::UnknownOption:
      text += "unknown option '" + best.option + "'";
      if (const std::string known = nearest(best.option, overloads); !known.empty())
        text += "; the nearest known ones are " + known;
      break;
    case Mismatch::Why::GivenTwice:
      text += "argument '" + best.option + "' is given twice";
      break;
  }
  text += overloads.size() == 1 ? "\nsignature:" : "\nsignatures:";
  for (const Overload* overload : overloads)
    text += "\n  " + signatureText(name, *overload, arguments.method);
  return text;
}

}  // namespace ltn
