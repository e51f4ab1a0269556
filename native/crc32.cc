// The checksum of zip archives at the speed of memory. The runtime's zlib sums 1.6 GB/s, which took longer
// than all the rest of reading a checkpoint; with the carry-less multiplication of x86-64 it is about ten
// times that, and twice as much again where one instruction multiplies four pairs (AVX-512).
//
// The checksum is the remainder of the message, a polynomial over GF(2), modulo P. A block at distance D from
// another may be replaced by its product with x^D mod P added to that other one: four blocks are folded side
// by side over the next 64 bytes, then into one, and the 16 bytes that remain are summed the plain way.
#include <array>
#include <cstring>

#include "js.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define LTN_FOLDS 1
#include <immintrin.h>
#endif

namespace ltn {
namespace {

#ifdef LTN_FOLDS

constexpr uint32_t kPolynomial = 0xEDB88320;  // P with the bits of each byte in the order of transmission

constexpr uint32_t timesX(uint32_t value) {
  return (value >> 1) ^ (value & 1 ? kPolynomial : 0);
}

// x^n mod P, moved up one bit: the product of two reflected numbers comes out one bit too low.
constexpr int64_t power(int n) {
  uint32_t result = 0x80000000;
  for (int i = 0; i < n; ++i) result = timesX(result);
  return static_cast<int64_t>(result) << 1;
}

constexpr std::array<uint32_t, 256> kTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = timesX(value);
    table[byte] = value;
  }
  return table;
}();

uint32_t plain(uint32_t state, const uint8_t* data, size_t length) {
  for (size_t i = 0; i < length; ++i) state = kTable[(state ^ data[i]) & 0xff] ^ (state >> 8);
  return state;
}

// `block` moved by the distance that `factors` stand for, and added to `next`.
__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i block, __m128i factors, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(block, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(block, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__attribute__((target("pclmul,sse4.1"))) uint32_t folded(uint32_t state, const uint8_t* data, size_t length) {
  const auto load = [](const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  // The halves of a block are 64 bits apart, and each is 32 bits short of the modulus.
  const __m128i by512 = _mm_set_epi64x(power(512 - 32), power(512 + 32));
  const __m128i by128 = _mm_set_epi64x(power(128 - 32), power(128 + 32));
  __m128i a = _mm_xor_si128(load(data), _mm_cvtsi32_si128(static_cast<int>(state)));
  __m128i b = load(data + 16), c = load(data + 32), d = load(data + 48);
  data += 64;
  length -= 64;
  for (; length >= 64; data += 64, length -= 64) {
    a = fold(a, by512, load(data));
    b = fold(b, by512, load(data + 16));
    c = fold(c, by512, load(data + 32));
    d = fold(d, by512, load(data + 48));
  }
  a = fold(fold(fold(a, by128, b), by128, c), by128, d);
  uint8_t rest[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rest), a);
  return plain(plain(0, rest, sizeof rest), data, length);
}

// The same with blocks four times as wide.
__attribute__((target("avx512f,vpclmulqdq"))) inline __m512i foldWide(__m512i block, __m512i factors,
                                                                      __m512i next) {
  const __m512i low = _mm512_clmulepi64_epi128(block, factors, 0x00);
  const __m512i high = _mm512_clmulepi64_epi128(block, factors, 0x11);
  return _mm512_xor_si512(_mm512_xor_si512(low, high), next);
}

__attribute__((target("avx512f,vpclmulqdq"))) uint32_t foldedWide(uint32_t state, const uint8_t* data,
                                                                  size_t length) {
  const __m512i by2048 =
      _mm512_set4_epi64(power(2048 - 32), power(2048 + 32), power(2048 - 32), power(2048 + 32));
  const __m512i by512 = _mm512_set4_epi64(power(512 - 32), power(512 + 32), power(512 - 32), power(512 + 32));
  const __m512i first = _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(state)));
  __m512i a = _mm512_xor_si512(_mm512_loadu_si512(data), first);
  __m512i b = _mm512_loadu_si512(data + 64), c = _mm512_loadu_si512(data + 128);
  __m512i d = _mm512_loadu_si512(data + 192);
  data += 256;
  length -= 256;
  for (; length >= 256; data += 256, length -= 256) {
    a = foldWide(a, by2048, _mm512_loadu_si512(data));
    b = foldWide(b, by2048, _mm512_loadu_si512(data + 64));
    c = foldWide(c, by2048, _mm512_loadu_si512(data + 128));
    d = foldWide(d, by2048, _mm512_loadu_si512(data + 192));
  }
  uint8_t rest[64];
  _mm512_storeu_si512(rest, foldWide(foldWide(foldWide(a, by512, b), by512, c), by512, d));
  state = folded(0, rest, sizeof rest);
  return length < 64 ? plain(state, data, length) : folded(state, data, length);
}

uint32_t sum(uint32_t state, const uint8_t* data, size_t length) {
  static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq");
  if (length < 64) return plain(state, data, length);
  return wide && length >= 256 ? foldedWide(state, data, length) : folded(state, data, length);
}

// crc32(bytes, before) -> checksum, or undefined where this processor cannot do better than zlib.
napi_value crc32(Call& call) {
  static const bool supported = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  if (!supported) return js::undefined(call.env);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  check(call.env, napi_get_typedarray_info(call.env, call[0], &type, &length, &data, nullptr, nullptr));
  if (type != napi_uint8_array) fail(ErrorKind::Argument, "the bytes must be a Uint8Array");
  const uint32_t before = static_cast<uint32_t>(js::toInteger(call.env, call[1], "the checksum"));
  return js::number(call.env, ~sum(~before, static_cast<const uint8_t*>(data), length));
}

#else

napi_value crc32(Call& call) {
  return js::undefined(call.env);
}

#endif

}  // namespace

std::vector<Export> crc32_exports() {
  return {{"crc32", guarded<crc32>}};
}

}  // namespace ltn
