/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcourante seal: once, or at an interval. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/crypto.h"
#include "hand.h"
#include "keys.h"
#include "mcourante.h"
#include "print.h"
#include "util/file.h"
#include "util/log.h"
#include "util/privilege.h"

#define HAND_MOST (60 * SECOND)
#define EVERY_LEAST SECOND

enum { OPT_NEW_KEY = 256, OPT_TO, OPT_OTHER_KEY, OPT_TEXT, OPT_JSON };

const struct opt seal_options[] = {
	{ 'k', "key", "FILE", N_("sign with this key; /etc/vigie/seal.key when not given") },
	{ OPT_NEW_KEY, "new-key", "FILE", N_("make a key, print its public one, and exit") },
	{ OPT_OTHER_KEY, "other-key", NULL, N_("allow another key than that of the newest seal") },
	{ 'e', "every", "TIME", N_("run on, and seal that often, whenever entries were added") },
	{ OPT_TO, "to", "COMMAND", N_("hand each seal to this command, on its standard input") },
	{ 'w', "wait", "TIME", N_("wait that long for a log that another process holds") },
	{ OPT_TEXT, "text", NULL, N_("print the seal's text, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("print a record, even on a terminal") },
	OPT_COMMON, { 0 }
};

struct run {
	const char *key_file, *new_key, *to;
	msec every, wait_ms;
	bool other, json, text;
	bool refused;		/* the log, or the key, is not such that it could be sealed */
	struct sign_key key;
	struct sealing how;
};

static void read_options(struct run *r, struct opts *o)
{
	int id;
	while ((id = opts_next(o)) != OPT_END) {
		switch (id) {
		case 'k':
			r->key_file = o->value;
			break;
		case OPT_NEW_KEY:
			r->new_key = o->value;
			break;
		case OPT_OTHER_KEY:
			r->other = true;
			break;
		case 'e':
			r->every = opts_duration(o);
			if (r->every < EVERY_LEAST)
				opts_refuse(o, _("%s: a second is the least"), o->value);
			break;
		case OPT_TO:
			r->to = o->value;
			break;
		case 'w':
			r->wait_ms = opts_duration(o);
			break;
		case OPT_TEXT:
			r->text = true;
			break;
		case OPT_JSON:
			r->json = true;
			break;
		default:
			break;
		}
	}
	if (opts_operand(o))
		opts_refuse(o, _("seal takes options only"));
}

static void print_seal(const struct run *r, const struct seal *s)
{
	struct buf out = { 0 };
	if (page_for(r->json, r->text).json) {
		seal_put_record(&out, s);
		buf_byte(&out, '\n');
	} else {
		seal_put(&out, s);
	}
	print_out(&out);
	buf_free(&out);
}

/* The newest seal covers all before it: only that one is handed over, and
 * again next time where it was not taken. */
static int hand(const struct run *r, struct logbook *l, const struct seal *s)
{
	struct buf text = { 0 };
	int status = EXIT_OK, handed = seal_handed(l, s->seal);
	if (handed == 0) {
		seal_put(&text, s);
		bool taken = hand_over(r->to, buf_view(&text), HAND_MOST);
		buf_free(&text);
		if (!taken) {
			warn(_("seal %lld stands, but was not handed over; next time it is tried again"), (long long)s->seal);
			status = EXIT_NO;
		} else if (seal_set_handed(l, s->seal) < 0) {
			handed = -1;
		}
	}
	if (handed < 0)
		log_failed(l, "");
	return status;
}

static int seal_once(struct run *r)
{
	struct logbook l;
	struct seal s;
	int64_t flawed = 0;
	int status = EXIT_OK;
	open_log(&l, NULL, STORE_WRITE, r->wait_ms);
	switch (logbook_seal(&l, &r->how, &s, &flawed)) {
	case SEALED:
		print_seal(r, &s);
		r->how.change = false;
		break;
	case SEALED_ALREADY:
		info(_("nothing to seal: no entry was added"));
		break;
	case SEALED_NOT_KEY:
		warn(_("seal %lld is by another key; --other-key, where that is meant"), (long long)s.seal);
		status = EXIT_CALL;
		r->refused = true;
		break;
	case SEALED_NOT_INTACT:
		warn(_("not sealed: entry %lld does not fit the entry or the seal before it; mcourante verify says more"), (long long)flawed);
		status = EXIT_NO;
		r->refused = true;
		break;
	case SEALED_FAILED:
		log_failed(&l, _("nothing was sealed"));
	}
	if (status == EXIT_OK && r->to && s.seal)
		status = hand(r, &l, &s);
	logbook_close(&l);
	return status;
}

static void sleep_for(msec length)
{
	struct timespec time = { .tv_sec = (time_t)(length / SECOND), .tv_nsec = (long)(length % SECOND) * 1000000 };
	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

/* A log that is not intact, or not to be had, ends it: a supervisor starts it
 * again, and everybody sees that it fails. */
static int seal_on(struct run *r)
{
	for (;;) {
		msec begun = clock_steady();
		int status = seal_once(r);
		if (r->refused)
			return status;
		msec passed = clock_steady() - begun;
		if (passed < r->every)
			sleep_for(r->every - passed);
	}
}

int verb_seal(struct opts *o)
{
	struct run r = { .wait_ms = WAIT_DEFAULT };
	privilege_hide();
	read_options(&r, o);
	if (r.new_key) {
		key_make(r.new_key);
		return EXIT_OK;
	}
	char *standard = path_etc("seal.key");
	key_read(r.key_file ? r.key_file : standard, &r.key);
	free(standard);
	r.how = (struct sealing){
		.key = &r.key, .change = r.other, .writer = unix_user(), .language = read_centre().language,
	};
	int status = r.every ? seal_on(&r) : seal_once(&r);
	wipe(&r.key, sizeof r.key);
	return status;
}
