/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disk that is kept for the day when it is full: a file of real blocks,
 * given back so that reception goes on while people make room. */
#ifndef VIGIE_SPOOL_RESERVE_H
#define VIGIE_SPOOL_RESERVE_H

#include <stdint.h>

/* Opens (making it) .reserve of the directory; -1 and errno.  Where no bytes
 * are wanted it removes it and gives -1. */
int reserve_open(int dir_fd, uint64_t bytes);

/* Allocates its blocks; -1 and errno (ENOSPC: what was allocated of it is free again). */
int reserve_take(int fd, uint64_t bytes);

/* As reserve_take, but only where as much again would stay free: what has
 * just become free is for the journal first. */
int reserve_retake(int fd, uint64_t bytes);

/* Frees its blocks; 1 when there were any, 0 when not, -1 and errno. */
int reserve_give(int fd);

#endif
