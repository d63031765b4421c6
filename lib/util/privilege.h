/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tool gives up before it reads a byte from outside. */
#ifndef VIGIE_UTIL_PRIVILEGE_H
#define VIGIE_UTIL_PRIVILEGE_H

/* No core dump, no ptrace by others, no new privileges: keys may be in memory. */
void privilege_guard(void);

/* The same for a tool whose children may need new privileges: mail is handed
 * over by a program that has a group of its own. */
void privilege_hide(void);

/* Becomes this user (and its groups) for good; -1 and errno (ENOENT: no such user). */
int privilege_become(const char *user);

/* Gives up every capability that the program was started with (setcap); -1 and errno. */
int privilege_drop(void);

#endif
