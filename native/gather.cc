// Rows of several tensors at once: the batch of a DataLoader whose data lies in memory.
//
// index_select copies row by row too, but waits for memory at the start of each row, since the processor
// cannot guess where the next one lies. Here a later row is asked for while this one is copied: of 60,000
// rows of 3 KB that takes half the time.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>

#include "js.h"

namespace ltn {
namespace {

constexpr size_t kLine = 64;
// So many rows before its turn memory is asked for a row: two are a little late, eight gain nothing.
constexpr int64_t kAhead = 4;

// Into the second level of the cache. The first one can wait for a dozen or two lines at once and then stops
// the processor: asking for a row of 49 lines there is no quicker than not asking at all.
void ask(const char* row, size_t bytes) {
#if defined(__GNUC__) || defined(__clang__)
  for (size_t i = 0; i < bytes; i += kLine) __builtin_prefetch(row + i, 0, 2);
#else
  (void)row;
  (void)bytes;
#endif
}

at::Tensor gather(const at::Tensor& column, const int64_t* rows, int64_t count) {
  auto sizes = column.sizes().vec();
  const int64_t length = sizes[0];
  sizes[0] = count;
  for (int64_t i = 0; i < count; ++i)
    if (rows[i] < 0 || rows[i] >= length) fail(ErrorKind::Index, "index out of range in self");
  at::Tensor result = at::empty(sizes, column.options());
  const auto bytes = static_cast<size_t>(column.numel() / length) * column.element_size();
  if (bytes == 0) return result;
  const auto* from = static_cast<const char*>(column.const_data_ptr());
  auto* to = static_cast<char*>(result.mutable_data_ptr());
  const auto row = [&](int64_t i) { return from + static_cast<size_t>(rows[i]) * bytes; };
  // As many rows to a thread as make up 128 KB.
  const auto grain = static_cast<int64_t>(std::max<size_t>(1, (128 << 10) / bytes));
  at::parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < std::min(begin + kAhead, end); ++i) ask(row(i), bytes);
    for (int64_t i = begin; i < end; ++i) {
      if (i + kAhead < end) ask(row(i + kAhead), bytes);
      std::memcpy(to + static_cast<size_t>(i) * bytes, row(i), bytes);
    }
  });
  return result;
}

// Rows that follow one another.
at::Tensor slice(const at::Tensor& column, int64_t start, int64_t stop) {
  auto sizes = column.sizes().vec();
  const int64_t length = sizes[0];
  if (start < 0 || stop < start || stop > length) fail(ErrorKind::Index, "index out of range in self");
  sizes[0] = stop - start;
  at::Tensor result = at::empty(sizes, column.options());
  if (result.numel() == 0) return result;
  const size_t bytes = column.nbytes() / static_cast<size_t>(length);
  const auto* from = static_cast<const char*>(column.const_data_ptr()) + static_cast<size_t>(start) * bytes;
  auto* to = static_cast<char*>(result.mutable_data_ptr());
  at::parallel_for(0, static_cast<int64_t>(result.nbytes()), 128 << 10, [&](int64_t begin, int64_t end) {
    std::memcpy(to + begin, from + begin, static_cast<size_t>(end - begin));
  });
  return result;
}

// For each column what `take` makes of it. Columns are contiguous tensors on the CPU that record no gradient.
template <typename Take>
napi_value ofEach(Call& call, Take&& take) {
  const auto columns = js::tensors(call.addon, call[0], "columns");
  std::vector<napi_value> results;
  results.reserve(columns.size());
  for (const at::Tensor& column : columns) {
    if (!column.defined() || column.layout() != at::kStrided || !column.is_cpu() || column.dim() == 0 ||
        !column.is_contiguous() || column.is_conj() || column.is_neg() || column.requires_grad())
      fail(ErrorKind::Argument, "columns must be contiguous tensors on the CPU without gradients");
    results.push_back(call.addon.handles.wrap(take(column)));
  }
  return js::array(call.env, results);
}

// gatherRows(columns, rows) -> for each column a new tensor of those rows, which have to be int64.
napi_value gatherRows(Call& call) {
  const at::Tensor rows = js::tensor(call.addon, call[1], "rows");
  if (rows.scalar_type() != at::kLong || rows.dim() != 1 || !rows.is_cpu() || !rows.is_contiguous())
    fail(ErrorKind::Argument, "rows must be a contiguous int64 tensor of one dimension on the CPU");
  return ofEach(call, [&](const at::Tensor& column) {
    return gather(column, rows.const_data_ptr<int64_t>(), rows.numel());
  });
}

// sliceRows(columns, start, stop) -> for each column a new tensor of the rows from start up to stop.
napi_value sliceRows(Call& call) {
  const int64_t start = js::toInteger(call.env, call[1], "start");
  const int64_t stop = js::toInteger(call.env, call[2], "stop");
  return ofEach(call, [&](const at::Tensor& column) { return slice(column, start, stop); });
}

bool isRow(const at::Tensor& row) {
  return row.defined() && row.layout() == at::kStrided && !row.is_conj() && !row.is_neg() &&
         !row.requires_grad();
}

// rowStep(rows) -> number | null: how many elements lie between the starts of neighbouring rows, where all
// have the same shape, strides and dtype and lie at that distance; null where they do not. Asked tensor by
// tensor from JavaScript, the shapes and strides of 12,396 rows were 10 MB of garbage.
napi_value rowStep(Call& call) {
  const auto rows = js::tensors(call.addon, call[0], "rows");
  const napi_value no = js::null(call.env);
  if (rows.empty() || !std::all_of(rows.begin(), rows.end(), isRow)) return no;
  const at::Tensor& first = rows[0];
  const auto size = static_cast<int64_t>(first.element_size());
  const auto* start = static_cast<const char*>(first.const_data_ptr());
  if (!start) return no;
  const auto at = [&](size_t i) { return static_cast<const char*>(rows[i].const_data_ptr()) - start; };
  const int64_t step = rows.size() > 1 ? at(1) : 0;
  if (step < 0 || step % size != 0) return no;
  for (size_t i = 1; i < rows.size(); ++i)
    if (at(i) != static_cast<int64_t>(i) * step || rows[i].device() != first.device() ||
        rows[i].scalar_type() != first.scalar_type() || rows[i].sizes() != first.sizes() ||
        rows[i].strides() != first.strides())
      return no;
  return js::number(call.env, static_cast<double>(step / size));
}

}  // namespace

std::vector<Export> gather_exports() {
  return {
      {"gatherRows", guarded<gatherRows>}, {"sliceRows", guarded<sliceRows>}, {"rowStep", guarded<rowStep>}};
}

}  // namespace ltn
