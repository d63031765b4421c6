/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs of mcourante share. */
#ifndef VIGIE_MCOURANTE_MCOURANTE_H
#define VIGIE_MCOURANTE_MCOURANTE_H

#include "logbook/centre.h"
#include "logbook/logbook.h"
#include "text/opt.h"

#define WAIT_DEFAULT (15 * SECOND)	/* for a log that another process holds */

int verb_add(struct opts *o);
int verb_list(struct opts *o);
int verb_show(struct opts *o);
int verb_verify(struct opts *o);
int verb_seal(struct opts *o);
int verb_export(struct opts *o);

extern const struct opt add_options[], list_options[], show_options[], verify_options[], seal_options[], export_options[];

/* centre.conf, or exit 2; its zone is now that of localtime(). */
struct centre read_centre(void);

/* Opens the centre's log, or `file` when given, or ends the process with a message. */
void open_log(struct logbook *l, const char *file, enum store_way way, msec wait_ms);

/* Ends the process: says what the store says, and what that means. */
void log_failed(struct logbook *l, const char *meaning) __attribute__((noreturn));

/* The Unix user that runs this process: nobody can write in another's name. */
struct span unix_user(void);

/* Records from standard input: writes them, then passes them on. */
int sink_run(msec wait_ms, bool lines);

#endif
