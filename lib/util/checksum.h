/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check values that panels and receivers compute. */
#ifndef VIGIE_UTIL_CHECKSUM_H
#define VIGIE_UTIL_CHECKSUM_H

#include "util/span.h"

/* CRC-16/ARC: polynomial 8005 reflected, start 0, no final xor; BB3D over
 * "123456789".  SIA DC-07, clause on the message CRC, used by DC-09.
 * Start with 0; give the result back to go on over more bytes. */
uint16_t crc16_arc(uint16_t crc, struct span bytes);

/* The one's complement sum of 16-bit words of the Internet (RFC 1071), not
 * yet inverted; an odd last byte is filled up with 00.  Start with 0; give the
 * result back to go on, behind an even number of bytes. */
uint16_t inet_sum(uint16_t sum, struct span bytes);

/* FNV-1a, 64 bits, for tables in memory; never for anything that is kept. */
uint64_t hash_bytes(uint64_t hash, struct span bytes);
/* The same for ASCII letters of either case: accounts are compared so. */
uint64_t hash_nocase(uint64_t hash, struct span bytes);
#define HASH_START UINT64_C(0xcbf29ce484222325)

#endif
