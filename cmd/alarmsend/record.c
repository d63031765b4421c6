/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the pipe as signals for another centre.  A frame goes out with
 * its content as it was, under our own number and time; an event is written
 * anew from what its record says. */
#include "message.h"

/* "[H20:14:03,01-13-2026]": when the first centre had it, unless the panel told the time itself. */
static void add_occurred(struct message *m, const struct panel *panel, const struct record *r)
{
	msec at = record_time(r, "at");
	if (!panel->occurred || at == CLOCK_NONE || memmem(m->body.p, m->body.n, "][H", 3))
		return;
	struct civil c = clock_civil(at);
	buf_printf(&m->body, "[H%02d:%02d:%02d,%02d-%02d-%04d]", c.hour, c.minute, c.second, c.month, c.day, c.year);
}

static void set_number(struct message *m, const struct panel *panel, const struct record *r)
{
	struct buf scratch = { 0 };
	m->seq = dc09_seq_for(record_text(r, "id", &scratch));
	m->stamped = panel->stamped;
	buf_free(&scratch);
}

/* What the options name goes before what the signal had. */
static void set_address(struct message *m, const struct panel *panel, const struct signal *s)
{
	m->has_receiver = panel->receiver || s->has_receiver;
	if (panel->receiver)
		buf_str(&m->receiver, panel->receiver);
	else
		message_put_text(&m->receiver, s->receiver);
	if (panel->line)
		buf_str(&m->line, panel->line);
	else if (s->has_line)
		message_put_text(&m->line, s->line);
	else
		buf_lit(&m->line, "0");
	message_put_text(&m->account, s->account);
}

/* What reception had decrypted stands in "clear"; else a key of ours may open it. */
static int open_signal(const struct protocol *p, struct signal *s, const struct record *r,
                       const struct keys *keys, struct buf *clear)
{
	struct buf scratch = { 0 };
	buf_span(clear, record_text(r, "clear", &scratch));
	buf_free(&scratch);
	struct context cx = { .clear = buf_view(clear), .key = keys_of(keys, s), .opened = clear };
	if (clear->n)
		return p->content(s, &cx) == V_OK ? 0 : -1;
	return cx.key && p->open(s, &cx) == V_OK ? 0 : -1;
}

static enum taking reframe(struct message *m, const struct panel *panel, const struct record *r,
                           const struct keys *keys, const char **why)
{
	const struct protocol *p = protocol_find(SPAN("dc09"));
	struct signal s = { 0 };
	struct buf clear = { 0 };
	enum taking taking = TAKE_SEND;
	enum verdict v = p->read(buf_view(&m->raw), &s);
	if (v == V_OK && s.is_answer) {
		taking = TAKE_PASS;
	} else if (v != V_OK || s.token.n == 0) {
		/* The first centre took it as it is; so it goes on as it is. */
		message_identify(m);
		return TAKE_SEND;
	} else if (s.encrypted && open_signal(p, &s, r, keys, &clear) < 0) {
		*why = _("encrypted, and no key of ours opens it");
		taking = TAKE_REFUSE;
	} else {
		set_address(m, panel, &s);
		buf_span(&m->token, s.token);
		buf_span(&m->body, dc09_body(&s));
		set_number(m, panel, r);
		add_occurred(m, panel, r);
	}
	buf_reset(&m->raw);
	buf_free(&clear);
	return taking;
}

/* A frame that the first centre refused was not acknowledged: its panel
 * repeats it.  One that reception did not answer (a capture) is sent. */
static bool was_refused(const struct record *r)
{
	return record_is(r, "reply", "nak") || record_is(r, "reply", "duh");
}

static enum taking from_frame(struct message *m, const struct panel *panel, const struct record *r,
                              bool verbatim, const struct keys *keys, const char **why)
{
	if (was_refused(r) || record_is(r, "dir", "out"))
		return TAKE_PASS;
	if (record_bytes(r, &m->raw) < 0) {
		*why = _("a frame record without its bytes");
		return TAKE_REFUSE;
	}
	if (verbatim) {
		message_identify(m);
		return TAKE_SEND;
	}
	if (!record_is(r, "proto", "dc09")) {
		*why = _("only DC-09 frames can be framed anew; alarmdecode before this makes events of others");
		return TAKE_REFUSE;
	}
	return reframe(m, panel, r, keys, why);
}

static void add_extended(struct message *m, const struct record *r)
{
	static const struct { const char *key; char letter; } fields[] = {
		{ "mac", 'M' }, { "url", 'V' }, { "lon", 'X' }, { "lat", 'Y' },
	};
	(void)m, (void)r, (void)fields;
}

/* The texts of a record, unescaped; filled first, then read. */
struct texts {
	struct buf scratch[12];
	unsigned n;
};

static struct span text_of(struct texts *t, const struct record *r, const char *key)
{
	return record_text(r, key, &t->scratch[t->n++]);
}

static void texts_free(struct texts *t)
{
	for (unsigned i = 0; i < t->n; i++)
		buf_free(&t->scratch[i]);
}

static enum taking from_event(struct message *m, const struct panel *panel, const struct record *r, const char **why)
{
	struct texts t = { 0 };
	struct signal address = {
		.account = text_of(&t, r, "account"),
		.receiver = text_of(&t, r, "receiver"), .line = text_of(&t, r, "line"),
	};
	struct signal_words words = {
		.format = text_of(&t, r, "format"), .code = text_of(&t, r, "code"),
		.qualifier = text_of(&t, r, "qualifier"), .kind = text_of(&t, r, "kind"),
		.category = text_of(&t, r, "category"), .zone = text_of(&t, r, "zone"),
		.user = text_of(&t, r, "user"), .partition = text_of(&t, r, "partition"),
		.text = text_of(&t, r, "text"),
	};
	address.has_receiver = address.receiver.n > 0;
	address.has_line = address.line.n > 0;
	set_address(m, panel, &address);
	set_number(m, panel, r);
	int made = message_compose(m, &words, buf_view(&panel->extended), why);
	texts_free(&t);
	if (made < 0)
		return TAKE_REFUSE;
	add_extended(m, r);
	add_occurred(m, panel, r);
	return TAKE_SEND;
}

enum taking message_from_record(struct message *m, const struct panel *panel, const struct record *r,
                                bool verbatim, const struct keys *keys, const char **why)
{
	message_reset(m);
	if (record_is(r, "type", "frame"))
		return from_frame(m, panel, r, verbatim, keys, why);
	if (record_is(r, "type", "event"))
		return from_event(m, panel, r, why);
	return TAKE_PASS;
}
