// The core rows in C++: the same works as bench/python/core.py on the same libtorch, asked in the same way.
#include <torch/torch.h>

#include <chrono>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>

namespace {

struct Work {
  std::function<void(long)> run;
  std::function<at::Tensor()> result;
};

template <typename Call>
Work repeat(Call call) {
  return {[call](long count) {
            for (long i = 0; i < count; ++i) call();
          },
          [call] { return at::Tensor(call()); }};
}

std::map<std::string, Work> works() {
  torch::manual_seed(0);
  const auto a = torch::randn({2, 2}), b = torch::randn({2, 2});
  const auto sum = a.sum(), leaf = a.clone().set_requires_grad(true), own = a.clone();
  std::map<std::string, Work> all;
  all["add"] = all["add-dropped"] = repeat([=] { return a.add(b); });
  all["add-number"] = repeat([=] { return a.add(1); });
  all["matmul"] = repeat([=] { return a.matmul(b); });
  all["add_"] = {repeat([=] { return own.add_(b); }).run, [=] { return torch::ones({2, 2}).add_(b); }};
  all["view"] = repeat([=] { return a.view({4, 1}); });
  // A number that nobody uses would not be asked for.
  all["item"] = {[=](long count) {
                   double total = 0;
                   for (long i = 0; i < count; ++i) total += sum.item<float>();
                   static volatile double sink;
                   sink = total;
                 },
                 [=] { return torch::tensor(sum.item<float>()); }};
  all["graph"] = repeat([=] {
    leaf.mutable_grad().reset();
    leaf.mul(b).add(b).sum().backward();
    return leaf.grad();
  });
  return all;
}

double processor() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// The questions are ours: {"do":"run","work":"add","count":100}. A whole JSON reader would be longer than the program.
std::string field(const std::string& line, const std::string& name) {
  const auto key = "\"" + name + "\":";
  auto begin = line.find(key);
  if (begin == std::string::npos) return "";
  begin += key.size();
  if (line[begin] == '"') return line.substr(begin + 1, line.find('"', begin + 1) - begin - 1);
  return line.substr(begin, line.find_first_of(",}", begin) - begin);
}

}  // namespace

int main(int, char** argv) {
  at::set_num_threads(std::stoi(argv[1]));
  const auto all = works();
  std::cout.precision(17);
  for (std::string line; std::getline(std::cin, line);) {
    const auto what = field(line, "do"), name = field(line, "work");
    const auto found = all.find(name);
    if (what == "versions" || what == "drop") {
      std::cout << "{\"libtorch\":\"" << TORCH_VERSION << "\"}" << std::endl;
    } else if (found == all.end()) {
      std::cout << "{\"error\":\"no work " << name << "\"}" << std::endl;
    } else if (what == "run") {
      const double before = processor();
      const auto start = std::chrono::steady_clock::now();
      found->second.run(std::stol(field(line, "count")));
      const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
      std::cout << "{\"wall\":" << wall.count() << ",\"cpu\":" << processor() - before << "}" << std::endl;
    } else {
      const auto values = found->second.result().detach().to(torch::kDouble).flatten().contiguous();
      std::cout << "{\"check\":[";
      for (int64_t i = 0; i < values.numel(); ++i)
        std::cout << (i ? "," : "") << values.const_data_ptr<double>()[i];
      std::cout << "]}" << std::endl;
    }
  }
}
