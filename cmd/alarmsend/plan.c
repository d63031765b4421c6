/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "text/opt.h"
#include "text/terminal.h"
#include "util/hex.h"
#include "util/log.h"

enum {
	OPT_CID = 256, OPT_SIA, OPT_DATA, OPT_CODE, OPT_QUALIFIER, OPT_ZONE, OPT_USER, OPT_PARTITION, OPT_TEXT,
	OPT_TIME, OPT_RAW, OPT_RECORDS, OPT_VERBATIM, OPT_SKIP_REFUSED, OPT_OCCURRED, OPT_TRIES, OPT_ACCEPT_CLEAR,
	OPT_RATE, OPT_COUNT, OPT_CONNECTIONS, OPT_CONNECT_EACH, OPT_JSON,
};

static const struct opt options[] = {
	{ 'a', "account", "ACCOUNT", N_("the panel's account") },
	{ OPT_CID, "cid", "EVENT", N_("send Contact ID: \"1130 01 003\"") },
	{ OPT_SIA, "sia", "BLOCK", N_("send a SIA block: \"Nri1/BA003\"") },
	{ OPT_CODE, "code", "CODE", N_("send this code: 130 (Contact ID) or BA (SIA)") },
	{ OPT_QUALIFIER, "qualifier", "E|R|P", N_("new, restored or reported before (E)") },
	{ OPT_ZONE, "zone", "NUMBER", N_("the zone, with --code") },
	{ OPT_USER, "user", "NUMBER", N_("the user, with --code") },
	{ OPT_PARTITION, "partition", "NUMBER", N_("the partition, with --code") },
	{ OPT_TEXT, "text", "TEXT", N_("words for the operator, with --code") },
	{ 't', "token", "TOKEN", N_("send this token: NULL, SIA-DCS, ADM-CID or any other") },
	{ OPT_DATA, "data", "TEXT", N_("the data of --token, behind the account") },
	{ 'x', "extended", "FIELD", N_("add extended data, such as M0050C2000001; may be repeated") },
	{ 'R', "receiver", "NUMBER", N_("the receiver number; none is sent without it") },
	{ 'L', "line", "NUMBER", N_("the line or account prefix (0)") },
	{ 's', "seq", "NUMBER", N_("the first sequence number (by chance)") },
	{ OPT_TIME, "time", "TIME", N_("the panel's clock: now, none, or RFC 3339") },
	{ 'k', "keys", "FILE", N_("encrypt with the account's key from this file") },
	{ OPT_ACCEPT_CLEAR, "accept-clear", NULL, N_("take an answer in clear to what was encrypted") },
	{ 'w', "wait", "TIME", N_("wait that long for a connection and for an answer (5s)") },
	{ OPT_TRIES, "tries", "COUNT", N_("send so often before it counts as unanswered (3)") },
	{ 'p', "poll", "TIME", N_("send a link test at this interval") },
	{ OPT_RECORDS, "records", NULL, N_("relay records from stdin (the default without a signal)") },
	{ OPT_VERBATIM, "verbatim", NULL, N_("relay frames byte for byte, not framed anew") },
	{ OPT_OCCURRED, "occurred", NULL, N_("relay with the time of reception as [H…]") },
	{ OPT_SKIP_REFUSED, "skip-refused", NULL, N_("pass on what every centre refuses, an error behind it") },
	{ OPT_RAW, "raw", NULL, N_("send frames from stdin as they are: text or hexadecimal, one a line") },
	{ OPT_COUNT, "count", "COUNT", N_("send so many signals, then print figures") },
	{ OPT_RATE, "rate", "COUNT", N_("send so many a second") },
	{ OPT_CONNECTIONS, "connections", "COUNT", N_("send over so many connections at once (1)") },
	{ OPT_CONNECT_EACH, "connect-per-message", NULL, N_("open a connection for each signal") },
	{ 'n', "check", NULL, N_("check options and keys, send nothing") },
	{ OPT_JSON, "json", NULL, N_("records, even on a terminal") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "alarmsend",
	.usage = "[OPTION…] -a ACCOUNT --cid|--sia|--code|-t … DESTINATION…\n"
	         "[OPTION…] [--records|--raw] DESTINATION… <FILE",
	.purpose = N_("be a panel: send signals, poll, relay to another centre"),
	.options = options,
};

/* A field of a frame must not hold what ends one. */
static const char *field(const struct opts *o, const char *borders)
{
	for (const char *p = o->value; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F || strchr(borders, *p))
			opts_refuse(o, _("%s: holds a character that ends a field; --raw sends any bytes"), o->value);
	return o->value;
}

static const char *hex_number(const struct opts *o)
{
	size_t n = strlen(o->value);
	for (const char *p = o->value; *p; p++)
		if (!is_hex((uint8_t)*p))
			n = 0;
	if (n < 1 || n > 6)
		opts_refuse(o, _("%s: one to six hexadecimal digits are wanted"), o->value);
	return o->value;
}

/* "1130 01 003", with or without its blanks. */
static const char *contact_id(const struct opts *o)
{
	static char text[12];
	char digits[9];
	size_t n = 0;
	for (const char *p = o->value; *p; p++) {
		if (*p == ' ')
			continue;
		if (n == sizeof digits || !is_hex((uint8_t)*p))
			n = sizeof digits + 1;
		if (n > sizeof digits)
			break;
		digits[n++] = *p;
	}
	if (n != sizeof digits)
		opts_refuse(o, _("%s: Contact ID is \"1130 01 003\": qualifier and event, partition, zone"), o->value);
	snprintf(text, sizeof text, "%.4s %.2s %.3s", digits, digits + 4, digits + 6);
	return text;
}

static void extended(struct plan *plan, const struct opts *o)
{
	if (*o->value < 'A' || *o->value > 'Z')
		opts_refuse(o, _("%s: extended data begins with its capital letter"), o->value);
	buf_printf(&plan->panel.extended, "[%s]", field(o, "[]"));
}

static void panel_clock(struct plan *plan, const struct opts *o)
{
	msec time = clock_parse(span_str(o->value));
	plan->panel.stamped = strcmp(o->value, "none") != 0;
	if (strcmp(o->value, "now") == 0 || !plan->panel.stamped)
		plan->clock_offset = 0;
	else if (time != CLOCK_NONE)
		plan->clock_offset = time - clock_now();
	else
		opts_refuse(o, _("%s: now, none or a time such as 2026-01-13T20:14:03Z is wanted"), o->value);
}

static double rate(const struct opts *o)
{
	char *end;
	double value = strtod(o->value, &end);
	if (end == o->value || (*end && strcmp(end, "/s") != 0) || !isfinite(value) || value <= 0)
		opts_refuse(o, _("%s: signals a second, such as 0.5 or 1000/s, are wanted"), o->value);
	return value;
}

static const char *qualifier(const struct opts *o)
{
	if (strlen(o->value) != 1 || !strchr("ERP", *o->value))
		opts_refuse(o, _("%s: E (new), R (restored) or P (reported before) is wanted"), o->value);
	return o->value;
}

static msec positive(const struct opts *o)
{
	msec length = opts_duration(o);
	if (length <= 0)
		opts_refuse(o, _("%s: a duration above zero is wanted"), o->value);
	return length;
}

#define EVERYWHERE "[]|#\""	/* what ends a field of the header, or of the data */
#define IN_DATA "[]"

/* Options whose text goes into the frame as it is. */
static const struct {
	int id;
	size_t member;		/* of struct panel: where it is kept */
	const char *borders;
} texts[] = {
	{ 'a', offsetof(struct panel, account), EVERYWHERE },
	{ 't', offsetof(struct panel, token), EVERYWHERE },
	{ OPT_DATA, offsetof(struct panel, data), IN_DATA },
	{ OPT_CODE, offsetof(struct panel, code), EVERYWHERE },
	{ OPT_ZONE, offsetof(struct panel, zone), EVERYWHERE },
	{ OPT_USER, offsetof(struct panel, user), EVERYWHERE },
	{ OPT_PARTITION, offsetof(struct panel, partition), EVERYWHERE },
	{ OPT_TEXT, offsetof(struct panel, text), "" },
};

static bool text_option(struct plan *plan, const struct opts *o, int id)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].id != id)
			continue;
		const char *text = field(o, texts[i].borders);
		memcpy((char *)&plan->panel + texts[i].member, &text, sizeof text);
		return true;
	}
	return false;
}

/* The others that describe the signal; false for what is none of them. */
static bool signal_option(struct plan *plan, const struct opts *o, int id)
{
	struct panel *panel = &plan->panel;
	switch (id) {
	case OPT_CID: panel->token = "ADM-CID", panel->data = contact_id(o); break;
	case OPT_SIA: panel->token = "SIA-DCS", panel->data = field(o, IN_DATA); break;
	case OPT_QUALIFIER: panel->qualifier = qualifier(o); break;
	case 'x': extended(plan, o); break;
	case 'R': panel->receiver = hex_number(o); break;
	case 'L': panel->line = hex_number(o); break;
	case 's': panel->seq = (unsigned)opts_number(o, 0, DC09_SEQ_MOST), panel->has_seq = true; break;
	case OPT_TIME: panel_clock(plan, o); break;
	default: return false;
	}
	return true;
}

static void keys_file(struct plan *plan, const struct opts *o)
{
	const char *why;
	if (keys_load(&plan->keys, o->value, &why) < 0)
		die(EXIT_CALL, "%s", why);
}

/* What the command line says beside the plan. */
struct line {
	bool tries, check, json;
};

static void sending_option(struct plan *plan, const struct opts *o, int id, struct line *line)
{
	switch (id) {
	case 'k': keys_file(plan, o); break;
	case OPT_ACCEPT_CLEAR: plan->accept_clear = true; break;
	case 'w': plan->wait = positive(o); break;
	case OPT_TRIES: plan->tries = (unsigned)opts_number(o, 1, 1000); line->tries = true; break;
	case 'p': plan->poll = positive(o); break;
	case OPT_RECORDS: plan->input = INPUT_RECORDS; break;
	case OPT_RAW: plan->input = INPUT_RAW; break;
	case OPT_VERBATIM: plan->verbatim = true; break;
	case OPT_OCCURRED: plan->panel.occurred = true; break;
	case OPT_SKIP_REFUSED: plan->skip_refused = true; break;
	case OPT_COUNT: plan->count = (uint64_t)opts_number(o, 1, 1000000000); plan->load = true; break;
	case OPT_RATE: plan->rate = rate(o); plan->load = true; break;
	case OPT_CONNECTIONS: plan->connections = (unsigned)opts_number(o, 1, 60000); plan->load = true; break;
	case OPT_CONNECT_EACH: plan->connect_each = true; break;
	case 'n': line->check = true; break;
	case OPT_JSON: line->json = true; break;
	default: break;
	}
}

static void add_target(struct plan *plan, const struct opts *o, const char *url)
{
	const char *why;
	if (plan->targets == TARGETS_MOST)
		opts_refuse(o, _("at most %d destinations"), TARGETS_MOST);
	if (target_parse(&plan->target[plan->targets], url, &why) < 0)
		opts_refuse(o, "%s: %s", url, why);
	plan->targets++;
}

static void refuse_contradictions(const struct plan *plan, const struct opts *o)
{
	if (plan->targets == 0)
		opts_refuse(o, _("a destination is wanted, such as dc09+tcp://192.0.2.1:6001"));
	if (plan->has_signal && plan->input != INPUT_NONE)
		opts_refuse(o, _("either a signal by options or one from stdin"));
	if ((plan->has_signal || plan->poll) && !plan->panel.account)
		opts_refuse(o, _("-a ACCOUNT is wanted: whose signal is it?"));
	if (plan->panel.code && (plan->panel.token || plan->panel.data))
		opts_refuse(o, _("one signal at a time: --code, --cid, --sia or --token"));
	if (plan->input == INPUT_RECORDS && (plan->connections > 1 || plan->load))
		opts_refuse(o, _("records are relayed in order, over one connection"));
}

/* With the account's key before the first byte leaves, a wrong call is told here. */
static void try_signal(const struct plan *plan, const struct opts *o)
{
	struct message m = { 0 };
	const char *why;
	if (plan->has_signal && message_from_options(&m, &plan->panel, 1, &why) < 0)
		opts_refuse(o, "%s", why);
	message_free(&m);
}

void plan_read(struct plan *plan, int argc, char **argv)
{
	struct line line = { 0 };
	struct opts o = opts_begin(&tool, argc, argv);
	const char *url;
	*plan = (struct plan){ .wait = 5 * SECOND, .tries = 3, .connections = 1, .panel.stamped = true };
	for (int id; (id = opts_next(&o)) != OPT_END;)
		if (!text_option(plan, &o, id) && !signal_option(plan, &o, id))
			sending_option(plan, &o, id, &line);
	while ((url = opts_operand(&o)))
		add_target(plan, &o, url);
	plan->has_signal = plan->panel.token || plan->panel.code;
	if (!plan->has_signal && plan->input == INPUT_NONE && !plan->poll)
		plan->input = INPUT_RECORDS;
	refuse_contradictions(plan, &o);
	try_signal(plan, &o);
	/* Without a rate or a count one signal is sent once. */
	if (plan->has_signal && !plan->load)
		plan->count = 1;
	plan->endless = plan->input == INPUT_RECORDS && !line.tries;
	plan->show = !line.json && plan->input != INPUT_RECORDS && terminal_is(STDOUT_FILENO);
	if (line.check)
		exit(EXIT_OK);
}

void plan_free(struct plan *plan)
{
	for (unsigned i = 0; i < plan->targets; i++)
		target_free(&plan->target[i]);
	buf_free(&plan->panel.extended);
	keys_free(&plan->keys);
}
