/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/opt.h"
#include "util/file.h"
#include "util/log.h"

#define MIB (UINT64_C(1) << 20)

enum {
	OPT_STRICT = 256, OPT_UNKNOWN, OPT_CLEAR, OPT_REPEATS, OPT_POLLS, OPT_NO_CLEAR, OPT_CONNECTIONS, OPT_ADDRESS,
	OPT_NOISE, OPT_STRANGERS, OPT_IDLE, OPT_FRAME, OPT_SEGMENT, OPT_RESERVE, OPT_UNTIL, OPT_REPLIES,
	OPT_JSON,
};

static const struct opt options[] = {
	{ 's', "spool", "DIR", N_("keep the journal in DIR; a frame is acknowledged once it is on disk") },
	{ 'k', "keys", "FILE", N_("the accounts' keys (default: keys in $VIGIE_ETC)") },
	{ 'a', "accounts", "FILE", N_("the accounts and their intervals (default: accounts in $VIGIE_ETC)") },
	{ 'u', "user", "NAME", N_("become this user once the ports are open") },
	{ OPT_STRICT, "strict", NULL, N_("refuse what departs from the standard") },
	{ OPT_UNKNOWN, "unknown", "accept|refuse", N_("accounts that the accounts file does not have (accept)") },
	{ OPT_CLEAR, "clear", "accept|refuse", N_("clear signals of accounts that have a key (accept)") },
	{ OPT_REPEATS, "repeat-window", "TIME", N_("know a repetition for so long (10m)") },
	{ OPT_POLLS, "journal-polls", NULL, N_("keep link tests in the journal too") },
	{ OPT_NO_CLEAR, "no-clear", NULL, N_("leave decrypted content out of the journal") },
	{ OPT_CONNECTIONS, "max-connections", "COUNT", N_("connections at once (20000)") },
	{ OPT_ADDRESS, "max-per-address", "COUNT", N_("connections of one address that say nothing sound (256)") },
	{ OPT_NOISE, "max-noise", "KIB", N_("close after so much without a sound frame (1024)") },
	{ OPT_STRANGERS, "stranger-idle", "TIME", N_("close without a first sound frame after (60s)") },
	{ OPT_IDLE, "idle", "TIME", N_("close a peer without an interval of its own after (25h)") },
	{ OPT_FRAME, "frame-time", "TIME", N_("a frame that has begun must be whole within (10s)") },
	{ OPT_SEGMENT, "segment", "MIB", N_("begin a new file of the journal after (64)") },
	{ OPT_RESERVE, "reserve", "MIB", N_("disk kept back for when it is full (64)") },
	{ OPT_UNTIL, "until", "TIME", N_("wire: let time pass up to TIME behind the last line") },
	{ OPT_REPLIES, "show-replies", NULL, N_("wire: print the answers on stderr") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal") },
	{ 'n', "check", NULL, N_("check sources, keys and accounts, open nothing") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "alarmrecv",
	.usage = "[OPTION…] SOURCE…",
	.purpose = N_("take alarm signals in, store them, acknowledge them"),
	.options = options,
};

/* "accept" or "refuse": true for refuse. */
static bool refuses(const struct opts *o)
{
	if (strcmp(o->value, "refuse") == 0)
		return true;
	if (strcmp(o->value, "accept") != 0)
		opts_refuse(o, _("%s: accept or refuse is wanted"), o->value);
	return false;
}

static msec positive(const struct opts *o)
{
	msec length = opts_duration(o);
	if (length <= 0)
		opts_refuse(o, _("%s: a duration above zero is wanted"), o->value);
	return length;
}

static msec moment(const struct opts *o)
{
	msec t = clock_parse(span_str(o->value));
	if (t == CLOCK_NONE)
		opts_refuse(o, _("%s: a time such as 2026-01-13T20:14:03Z is wanted"), o->value);
	return t;
}

static void replace(char **path, const char *with)
{
	free(*path);
	*path = xstrdup(with);
}

static bool limit_option(struct limits *l, const struct opts *o, int id)
{
	switch (id) {
	case OPT_CONNECTIONS: l->connections = (unsigned)opts_number(o, 1, 1000000); break;
	case OPT_ADDRESS: l->per_address = (unsigned)opts_number(o, 1, 1000000); break;
	case OPT_NOISE: l->noise = (size_t)opts_number(o, 8, 1 << 20) << 10; break;
	case OPT_STRANGERS: l->stranger_idle = positive(o); break;
	case OPT_IDLE: l->idle = positive(o); break;
	case OPT_FRAME: l->frame = positive(o); break;
	default: return false;
	}
	return true;
}

static bool policy_option(struct policy *p, const struct opts *o, int id)
{
	switch (id) {
	case OPT_STRICT: p->strict = true; break;
	case OPT_UNKNOWN: p->refuse_unknown = refuses(o); break;
	case OPT_CLEAR: p->refuse_clear = refuses(o); break;
	case OPT_REPEATS: p->repeat_window = positive(o); break;
	case OPT_POLLS: p->journal_polls = true; break;
	case OPT_NO_CLEAR: p->no_clear = true; break;
	default: return false;
	}
	return true;
}

static void other_option(struct settings *s, const struct opts *o, int id)
{
	switch (id) {
	case 's': s->journal.dir = o->value; break;
	case 'k': replace(&s->keys, o->value); s->keys_given = true; break;
	case 'a': replace(&s->accounts, o->value); s->accounts_given = true; break;
	case 'u': s->user = o->value; break;
	case OPT_SEGMENT: s->journal.segment_most = (uint64_t)opts_number(o, 1, 1 << 20) * MIB; break;
	case OPT_RESERVE: s->journal.reserve = (uint64_t)opts_number(o, 0, 1 << 20) * MIB; break;
	case OPT_UNTIL: s->until = moment(o); break;
	case OPT_REPLIES: s->show_replies = true; break;
	case OPT_JSON: s->json = true; break;
	case 'n': s->check = true; break;
	default: break;
	}
}

/* A source without a name is called by its place: R1, R2… */
static void add_source(struct settings *s, const struct opts *o, const char *url)
{
	const char *why;
	s->source = xrealloc(s->source, (s->sources + 1) * sizeof *s->source);
	struct source *source = &s->source[s->sources++];
	if (source_parse(source, url, &why) < 0)
		opts_refuse(o, "%s: %s", url, why);
	source->serial = serial_usual(source->serial);
	if (!*source->name) {
		char name[16];
		snprintf(name, sizeof name, "R%u", s->sources);
		replace(&source->name, name);
	}
}

static void refuse_contradictions(const struct settings *s, const struct opts *o)
{
	bool wire = false;
	if (s->sources == 0)
		opts_refuse(o, _("a source is wanted, such as dc09+tcp://:6001"));
	for (unsigned i = 0; i < s->sources; i++)
		wire |= s->source[i].transport == OVER_WIRE;
	if (wire && s->sources > 1)
		opts_refuse(o, _("wire: is the only source of its run: its lines set the clock"));
	if (!wire && (s->until != CLOCK_NONE || s->show_replies))
		opts_refuse(o, _("--until and --show-replies are for wire:FILE"));
}

void settings_read(struct settings *s, int argc, char **argv)
{
	struct opts o = opts_begin(&tool, argc, argv);
	const char *url;
	*s = (struct settings){
		.policy.repeat_window = 10 * MINUTE,
		.limits = { .connections = 20000, .per_address = 256, .noise = 1 << 20, .stranger_idle = MINUTE,
		            .idle = 25 * HOUR, .frame = 10 * SECOND },
		.journal = { .segment_most = 64 * MIB, .reserve = 64 * MIB },
		.until = CLOCK_NONE,
	};
	s->keys = path_etc("keys");
	s->accounts = path_etc("accounts");
	for (int id; (id = opts_next(&o)) != OPT_END;)
		if (!limit_option(&s->limits, &o, id) && !policy_option(&s->policy, &o, id))
			other_option(s, &o, id);
	while ((url = opts_operand(&o)))
		add_source(s, &o, url);
	refuse_contradictions(s, &o);
}

void settings_free(struct settings *s)
{
	for (unsigned i = 0; i < s->sources; i++)
		source_free(&s->source[i]);
	free(s->source);
	free(s->keys);
	free(s->accounts);
}
