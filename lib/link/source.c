/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/source.h"

#include <stdlib.h>

#include "text/text.h"
#include "util/cursor.h"
#include "util/hex.h"

static const struct {
	const char *word, *via;
	bool has_port;
} transports[] = {
	[OVER_TCP] = { "tcp", "tcp", true },
	[OVER_TCP_CONNECT] = { "tcp-connect", "tcp", true },
	[OVER_UDP] = { "udp", "udp", true },
	[OVER_SERIAL] = { "serial", "serial", false },
};
#define TRANSPORTS (sizeof transports / sizeof *transports)

const char *transport_via(enum transport t)
{
	return t == OVER_WIRE ? "wire" : transports[t].via;
}

static char *copy(struct span s)
{
	char *text = xcalloc(1, s.n + 1);
	if (s.n)
		memcpy(text, s.p, s.n);
	return text;
}

/* Takes what stands before the byte off the front; all, when it is not there. */
static struct span before(struct span *rest, uint8_t byte)
{
	ptrdiff_t at = span_find(*rest, byte);
	struct span head = at < 0 ? *rest : span_sub(*rest, 0, (size_t)at);
	*rest = at < 0 ? span_from(*rest, rest->n) : span_from(*rest, (size_t)at + 1);
	return head;
}

/* A decimal number of at most 7 digits, or -1. */
static int number(struct span s)
{
	int value = 0;
	if (s.n == 0 || s.n > 7)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return -1;
		value = value * 10 + (s.p[i] - '0');
	}
	return value;
}

static int parse_name(struct source *s, struct span name, const char **why)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 0x7F || name.p[i] == '"' || name.p[i] == '\\') {
			*why = _("the name behind # holds a character that no name has");
			return -1;
		}
	if (name.n > 32) {
		*why = _("the name behind # is longer than 32 characters");
		return -1;
	}
	free(s->name);
	s->name = copy(name);
	return 0;
}

static int parse_host_port(struct source *s, struct span rest, const char **why)
{
	struct span host;
	*why = _("HOST:PORT is wanted; an IPv6 address stands in brackets: [::1]:6001");
	if (rest.n && rest.p[0] == '[') {
		rest = span_from(rest, 1);
		host = before(&rest, ']');
		if (host.n == 0 || rest.n == 0 || rest.p[0] != ':')
			return -1;
		rest = span_from(rest, 1);
	} else {
		if (span_find(rest, ':') < 0)
			return -1;
		host = before(&rest, ':');
	}
	int port = number(rest);
	if (port < 0 || port > 65535)
		return -1;
	s->host = copy(host);
	s->port = copy(rest);
	if (s->transport == OVER_TCP_CONNECT && (host.n == 0 || port == 0)) {
		*why = _("to dial out, HOST and PORT are both wanted");
		return -1;
	}
	return 0;
}

static bool is_mode(struct span s)
{
	return s.n == 3 && strchr("5678", s.p[0]) && strchr("noe", s.p[1]) && strchr("12", s.p[2]);
}

static bool is_on(struct span value)
{
	return span_is(value, "on");
}

static bool is_switch(struct span value)
{
	return is_on(value) || span_is(value, "off");
}

/* The place of the value among these words, -1: none of them. */
static int word(struct span value, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (span_is(value, words[i]))
			return i;
	return -1;
}

static int serial_setting(struct serial_settings *set, struct span key, struct span value, const char **why)
{
	static const char *const flows[] = { [FLOW_NONE] = "none", [FLOW_RTSCTS] = "rtscts", [FLOW_XONXOFF] = "xonxoff", NULL };
	if (span_is(key, "baud") && number(value) > 0)
		set->baud = (unsigned)number(value);
	else if (span_is(key, "mode") && is_mode(value))
		memcpy(set->mode, value.p, 3);
	else if (span_is(key, "flow") && word(value, flows) >= 0)
		set->flow = (enum flow)word(value, flows);
	else if (span_is(key, "dtr") && is_switch(value))
		set->dtr_off = !is_on(value);
	else if (span_is(key, "rts") && is_switch(value))
		set->rts_off = !is_on(value);
	else {
		*why = _("a serial line takes baud=9600, mode=8n1, flow=none|rtscts|xonxoff, dtr=on|off and rts=on|off");
		return -1;
	}
	return 0;
}

static int parse_serial(struct source *s, struct span rest, const char **why)
{
	struct span path = before(&rest, '?');
	if (path.n < 2 || path.p[0] != '/') {
		*why = _("serial:///dev/ttyUSB0 is wanted, with three slashes");
		return -1;
	}
	s->path = copy(path);
	while (rest.n) {
		struct span value = before(&rest, '&');
		struct span key = before(&value, '=');
		if (serial_setting(&s->serial, key, value, why) < 0)
			return -1;
	}
	return 0;
}

static int parse_wire(struct source *s, struct span rest, const char **why)
{
	s->transport = OVER_WIRE;
	s->proto = protocol_find(SPAN("dc09"));
	s->path = copy(rest);
	*why = _("wire:FILE is wanted, or wire:- for standard input");
	return rest.n ? 0 : -1;
}

/* "dc09+tcp"; where any protocol will do also "auto+tcp" and "tcp" */
static int parse_scheme(struct source *s, struct span scheme, bool any, const char **why)
{
	struct span transport = scheme;
	struct span proto = before(&transport, '+');
	*why = _("PROTOCOL+TRANSPORT://… is wanted, such as dc09+tcp://:6001");
	if (transport.n == 0 && any)
		transport = proto;
	else if (transport.n == 0)
		return -1;
	any = any && (span_is(proto, "auto") || transport.p == proto.p);
	s->proto = protocol_find(proto);
	if (!s->proto && !any) {
		*why = _("no such protocol; dc09 is one");
		return -1;
	}
	for (unsigned i = 0; i < TRANSPORTS; i++)
		if (span_is(transport, transports[i].word)) {
			s->transport = (enum transport)i;
			*why = _("this protocol needs a connection: tcp or tcp-connect");
			return s->proto && s->proto->conversation && i == OVER_UDP ? -1 : 0;
		}
	*why = _("no such transport; there are tcp, tcp-connect, udp and serial");
	return -1;
}

static int parse(struct source *s, struct span rest, bool any, const char **why)
{
	if (span_starts(rest, SPAN("wire:")))
		return parse_wire(s, span_from(rest, 5), why);
	struct span all = rest;
	struct span name = rest;
	rest = before(&name, '#');
	if (all.n > rest.n && parse_name(s, name, why) < 0)
		return -1;
	struct span scheme = before(&rest, ':');
	if (parse_scheme(s, scheme, any, why) < 0)
		return -1;
	if (!span_starts(rest, SPAN("//"))) {
		*why = _("PROTOCOL+TRANSPORT://… is wanted, such as dc09+tcp://:6001");
		return -1;
	}
	rest = span_from(rest, 2);
	return transports[s->transport].has_port ? parse_host_port(s, rest, why) : parse_serial(s, rest, why);
}

static int parse_or_free(struct source *s, const char *url, bool any, const char **why)
{
	*s = (struct source){ .url = url, .name = copy((struct span){ 0 }) };
	if (parse(s, span_str(url), any, why) == 0)
		return 0;
	source_free(s);
	return -1;
}

int source_parse(struct source *s, const char *url, const char **why)
{
	return parse_or_free(s, url, false, why);
}

int source_parse_any(struct source *s, const char *url, const char **why)
{
	return parse_or_free(s, url, true, why);
}

void source_free(struct source *s)
{
	free(s->host);
	free(s->port);
	free(s->path);
	free(s->name);
	*s = (struct source){ 0 };
}
