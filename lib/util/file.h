/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, whole: read them, replace them so that a crash leaves the old or
 * the new one, lock them, and write all bytes of a run. */
#ifndef VIGIE_UTIL_FILE_H
#define VIGIE_UTIL_FILE_H

#include <sys/types.h>

#include "util/buf.h"

/* Appends the whole content; -1 and errno. */
int file_read(const char *path, struct buf *out);

/* As file_read, but -1 with EACCES when group or others may read or write
 * it: keys and passwords live in files of mode 0600 or stricter. */
int file_read_secret(const char *path, struct buf *out);

/* Writes path anew: temporary file beside it, fsync, rename, fsync of the
 * directory.  -1 and errno; the old content then still stands. */
int file_replace(const char *path, struct span content, mode_t mode);

/* All bytes, through short writes and EINTR; -1 and errno. */
int write_all(int fd, struct span bytes);

/* fsync of a directory, so that names made or removed in it are kept. */
int dir_sync(const char *path);

/* Opens (making it, mode 0600) and locks path for this process; the lock
 * ends with the descriptor.  -1 and EWOULDBLOCK when another holds it; then
 * *holder, if given, is that process, or 0 when it is not known. */
int file_lock(const char *path, pid_t *holder);

/* The process that holds that lock, 0 when none does.  Takes no lock, not
 * for an instant, so that it can stand in nobody's way. */
pid_t file_lock_holder(const char *path);

/* $VIGIE_ETC or /etc/vigie, $VIGIE_STATE or /var/lib/vigie, with name behind.
 * Owned by the caller, who frees it. */
char *path_etc(const char *name);
char *path_state(const char *name);

#endif
