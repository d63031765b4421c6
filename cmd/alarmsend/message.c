/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message.h"

#include "util/cursor.h"
#include "util/hex.h"

void message_reset(struct message *m)
{
	struct buf *all[] = { &m->token, &m->receiver, &m->line, &m->account, &m->body, &m->raw };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_reset(all[i]);
	m->has_receiver = m->stamped = m->sealed = false;
	m->seq = 0;
}

void message_free(struct message *m)
{
	struct buf *all[] = { &m->token, &m->receiver, &m->line, &m->account, &m->body, &m->raw };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_free(all[i]);
}

struct dc09_message message_wire(const struct message *m)
{
	return (struct dc09_message){
		.token = buf_view(&m->token), .seq = m->seq,
		.has_receiver = m->has_receiver, .receiver = buf_view(&m->receiver),
		.line = buf_view(&m->line), .account = buf_view(&m->account),
		.body = buf_view(&m->body), .sent = CLOCK_NONE,
	};
}

void message_address(struct message *m, const struct panel *panel)
{
	m->has_receiver = panel->receiver != NULL;
	buf_str(&m->receiver, panel->receiver ? panel->receiver : "");
	buf_str(&m->line, panel->line ? panel->line : "0");
	buf_str(&m->account, panel->account ? panel->account : "");
	m->stamped = panel->stamped;
}

static int compose_words(struct message *m, const struct panel *panel, const char **why)
{
	struct signal_words words = {
		.code = span_str(panel->code),
		.qualifier = panel->qualifier ? span_str(panel->qualifier) : SPAN("E"),
		.zone = span_str(panel->zone), .user = span_str(panel->user),
		.partition = span_str(panel->partition), .text = span_str(panel->text),
	};
	return message_compose(m, &words, buf_view(&panel->extended), why);
}

int message_from_options(struct message *m, const struct panel *panel, unsigned seq, const char **why)
{
	message_reset(m);
	message_address(m, panel);
	m->seq = seq;
	if (panel->code)
		return compose_words(m, panel, why);

	buf_str(&m->token, panel->token);
	if (panel->data)
		buf_printf(&m->body, "#%s|%s", panel->account, panel->data);
	buf_byte(&m->body, ']');
	buf_span(&m->body, buf_view(&panel->extended));
	return 0;
}

void message_poll(struct message *m, const struct panel *panel)
{
	message_reset(m);
	message_address(m, panel);
	buf_lit(&m->token, "NULL");
	buf_byte(&m->body, ']');
}

static bool all_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return s.n % 2 == 0;
}

/* "2026-01-13T20:14:03.120Z ip:R1 FRAME", as recorded signals are noted down. */
static struct span without_time_and_path(struct span line)
{
	struct span rest = line, time, path;
	if (span_word(&rest, &time) && clock_parse(time) != CLOCK_NONE && span_word(&rest, &path))
		return span_trim(rest);
	return line;
}

int message_from_line(struct message *m, struct span line)
{
	message_reset(m);
	line = without_time_and_path(span_trim(line));
	if (line.n == 0 || (line.p[0] == '#' && line.n > 1 && line.p[1] == ' '))
		return -1;
	if (all_hex(line)) {
		hex_decode(&m->raw, line);
	} else {
		buf_byte(&m->raw, '\n');
		buf_span(&m->raw, line);
		buf_byte(&m->raw, '\r');
	}
	message_identify(m);
	return 0;
}

void message_identify(struct message *m)
{
	struct signal s = { 0 };
	m->seq = DC09_SEQ_ANY;
	if (protocol_find(SPAN("dc09"))->read(buf_view(&m->raw), &s) != V_OK)
		return;
	struct cursor c = cursor_over(s.seq);
	m->seq = cursor_digits(&c, 4, 10);
	if (!cursor_ok(&c))
		m->seq = DC09_SEQ_ANY;
	m->sealed = s.encrypted;
	buf_span(&m->line, s.line);
	buf_span(&m->account, s.account);
}
