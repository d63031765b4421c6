/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/checksum.h"

/* Eight tables take eight bytes in a step; the first alone is the classic
 * one.  Filled once, before main: the polynomial says it in one line. */
static uint16_t table[8][256];

__attribute__((constructor)) static void fill(void)
{
	for (unsigned i = 0; i < 256; i++) {
		unsigned crc = i;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
		table[0][i] = (uint16_t)crc;
	}
	for (unsigned i = 0; i < 256; i++)
		for (int t = 1; t < 8; t++)
			table[t][i] = (uint16_t)(table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 0xFF]);
}

uint16_t crc16_arc(uint16_t crc, struct span bytes)
{
	const uint8_t *p = bytes.p, *end = p + bytes.n;
	for (; end - p >= 8; p += 8)
		crc = (uint16_t)(table[7][(crc ^ p[0]) & 0xFF] ^ table[6][(crc >> 8 ^ p[1]) & 0xFF] ^
		                 table[5][p[2]] ^ table[4][p[3]] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]]);
	for (; p < end; p++)
		crc = (uint16_t)(crc >> 8 ^ table[0][(crc ^ *p) & 0xFF]);
	return crc;
}

uint16_t inet_sum(uint16_t sum, struct span bytes)
{
	uint64_t total = sum;
	for (size_t i = 0; i + 1 < bytes.n; i += 2)
		total += (unsigned)bytes.p[i] << 8 | bytes.p[i + 1];
	if (bytes.n % 2)
		total += (unsigned)bytes.p[bytes.n - 1] << 8;
	while (total >> 16)
		total = (total & 0xFFFF) + (total >> 16);
	return (uint16_t)total;
}

uint64_t hash_bytes(uint64_t hash, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		hash = (hash ^ bytes.p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t hash_nocase(uint64_t hash, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		uint8_t c = bytes.p[i];
		hash = (hash ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) * UINT64_C(0x100000001b3);
	}
	return hash;
}
