/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdlib.h>

#include "link/address.h"
#include "text/opt.h"
#include "util/file.h"

#define MIB ((size_t)1 << 20)

enum {
	OPT_ANSWERS = 256, OPT_NO_POLLS, OPT_NO_CLEAR, OPT_REPORT, OPT_WAIT, OPT_REPEATS, OPT_CONNECTIONS, OPT_MEMORY, OPT_STREAM,
	OPT_PANELS, OPT_ANY_SUM, OPT_JSON,
};

static const struct opt options[] = {
	{ 'r', "read", "FILE", N_("read a capture file, pcap or pcapng; - is standard input") },
	{ 'i', "interface", "NAME", N_("capture on this interface; any is all of them") },
	{ 'f', "filter", "EXPRESSION", N_("only packets that fit, as in pcap-filter(7)") },
	{ 'k', "keys", "FILE", N_("the accounts' keys (default: keys in $VIGIE_ETC)") },
	{ 'u', "user", "NAME", N_("become this user once all is open (as root: vigie, else nobody)") },
	{ 'p', "no-promiscuous", NULL, N_("only what the interface takes for itself") },
	{ OPT_REPORT, "report", NULL, N_("no records: a page on panels and receivers at the end") },
	{ OPT_ANSWERS, "answers", NULL, N_("print what receivers answer as frames too") },
	{ OPT_NO_POLLS, "no-polls", NULL, N_("leave sound link tests out") },
	{ OPT_NO_CLEAR, "no-clear", NULL, N_("leave decrypted content out") },
	{ OPT_WAIT, "wait", "TIME", N_("a frame is unanswered after (30s)") },
	{ OPT_REPEATS, "repeat-window", "TIME", N_("know a repetition for so long (10m)") },
	{ OPT_ANY_SUM, "any-checksum", NULL, N_("take packets whose checksum is wrong too") },
	{ OPT_CONNECTIONS, "max-connections", "COUNT", N_("connections followed at once (20000)") },
	{ OPT_MEMORY, "max-held", "MIB", N_("bytes that wait for missing ones, in all (64)") },
	{ OPT_STREAM, "max-stream", "KIB", N_("the same, one direction of a connection (256)") },
	{ OPT_PANELS, "max-panels", "COUNT", N_("panels told apart in the report (16384)") },
	{ OPT_JSON, "json", NULL, N_("print records, even on a terminal or for --report") },
	{ 'n', "check", NULL, N_("check sources, keys and filter, open nothing") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "alarmcap",
	.usage = "[OPTION…] -r FILE [SOURCE…]\n[OPTION…] -i NAME [SOURCE…]",
	.purpose = N_("watch a wire: frames, answers, delays, retries; never answers"),
	.options = options,
};

static msec positive(const struct opts *o)
{
	msec length = opts_duration(o);
	if (length <= 0)
		opts_refuse(o, _("%s: a duration above zero is wanted"), o->value);
	return length;
}

static bool limit_option(struct settings *s, const struct opts *o, int id)
{
	switch (id) {
	case OPT_WAIT: s->wait = positive(o); break;
	case OPT_REPEATS: s->repeat_window = positive(o); break;
	case OPT_CONNECTIONS: s->connections = (size_t)opts_number(o, 1, 10000000); break;
	case OPT_MEMORY: s->held = (size_t)opts_number(o, 1, 1 << 20) * MIB; break;
	case OPT_STREAM: s->stream = (size_t)opts_number(o, 8, 1 << 20) << 10; break;
	case OPT_PANELS: s->panels = (size_t)opts_number(o, 1, 10000000); break;
	default: return false;
	}
	return true;
}

static void option(struct settings *s, const struct opts *o, int id)
{
	switch (id) {
	case 'r': s->file = o->value; break;
	case 'i': s->device = o->value; break;
	case 'f': s->filter = o->value; break;
	case 'k': free(s->keys); s->keys = xstrdup(o->value); s->keys_given = true; break;
	case 'u': s->user = o->value; break;
	case 'p': s->promiscuous = false; break;
	case OPT_REPORT: s->report = true; break;
	case OPT_ANSWERS: s->answers = true; break;
	case OPT_NO_POLLS: s->no_polls = true; break;
	case OPT_NO_CLEAR: s->no_clear = true; break;
	case OPT_ANY_SUM: s->any_sum = true; break;
	case OPT_JSON: s->json = true; break;
	case 'n': s->check = true; break;
	default: break;
	}
}

static void set_host(struct place *p, const struct opts *o)
{
	struct address a;
	const char *why;
	p->end.port = (uint16_t)atoi(p->source.port);
	if (p->end.port == 0)
		opts_refuse(o, _("%s: a port to look for is wanted"), p->source.url);
	if (!*p->source.host)
		return;
	if (address_resolve(&a, p->source.host, p->source.port, &why) < 0)
		opts_refuse(o, "%s: %s", p->source.url, why);
	bool four = a.any.sa_family == AF_INET;
	p->end.host_n = four ? 4 : 16;
	memcpy(p->end.host, four ? (const void *)&a.in.sin_addr : (const void *)&a.in6.sin6_addr, p->end.host_n);
}

/* A source without a name is called by its place: R1, R2… as alarmrecv does. */
static void add_place(struct settings *s, const struct opts *o, const char *url)
{
	const char *why;
	s->place = xrealloc(s->place, (s->places + 1) * sizeof *s->place);
	struct place *p = &s->place[s->places++];
	*p = (struct place){ 0 };
	if (source_parse(&p->source, url, &why) < 0)
		opts_refuse(o, "%s: %s", url, why);
	if (p->source.transport == OVER_SERIAL || p->source.transport == OVER_WIRE)
		opts_refuse(o, _("%s: a capture has tcp, tcp-connect and udp only"), url);
	p->speaks = p->source.transport == OVER_TCP_CONNECT;
	p->protocol = p->source.transport == OVER_UDP ? IP_UDP : IP_TCP;
	set_host(p, o);
	if (!*p->source.name) {
		struct buf name = { 0 };
		buf_printf(&name, "R%u", s->places);
		free(p->source.name);
		p->source.name = xstrdup(buf_cstr(&name));
		buf_free(&name);
	}
}

void settings_read(struct settings *s, int argc, char **argv)
{
	struct opts o = opts_begin(&tool, argc, argv);
	const char *url;
	*s = (struct settings){
		.promiscuous = true, .wait = 30 * SECOND, .repeat_window = 10 * MINUTE, .connections = 20000, .held = 64 * MIB,
		.stream = MIB / 4, .panels = 16384,
	};
	s->keys = path_etc("keys");
	for (int id; (id = opts_next(&o)) != OPT_END;)
		if (!limit_option(s, &o, id))
			option(s, &o, id);
	while ((url = opts_operand(&o)))
		add_place(s, &o, url);
	if (!s->file == !s->device)
		opts_refuse(&o, _("either -r FILE or -i INTERFACE is wanted"));
}

void settings_free(struct settings *s)
{
	for (unsigned i = 0; i < s->places; i++)
		source_free(&s->place[i].source);
	free(s->place);
	free(s->keys);
}

static bool is_there(const struct place *p, const struct endpoint *e)
{
	if (p->end.port != e->port)
		return false;
	return p->end.host_n == 0 || (p->end.host_n == e->host_n && memcmp(p->end.host, e->host, e->host_n) == 0);
}

/* Where both ends have the port, who is spoken to first is the receiver. */
const struct place *settings_find(const struct settings *s, const struct packet *p, bool *panel)
{
	for (unsigned i = 0; i < s->places; i++) {
		const struct place *at = &s->place[i];
		if (at->protocol != p->protocol)
			continue;
		bool to = is_there(at, &p->to);
		if (!to && !is_there(at, &p->from))
			continue;
		*panel = to != at->speaks;
		return at;
	}
	return NULL;
}

/* What has the port, and what could have it but hides it: all pieces of a
 * datagram but the first, and extension headers of IPv6. */
static void put_ports(const struct settings *s, struct buf *out)
{
	for (unsigned i = 0; i < s->places; i++)
		buf_printf(out, "%s port %u or ", s->place[i].protocol == IP_TCP ? "tcp" : "udp", s->place[i].end.port);
	buf_lit(out, "ip[6:2] & 0x3fff != 0 or (ip6 and not ip6 proto 6 and not ip6 proto 17 and not ip6 proto 58)");
}

void settings_filter(const struct settings *s, struct buf *out)
{
	buf_reset(out);
	if (s->places == 0)
		return;
	put_ports(s, out);
	/* "vlan" moves what stands behind it by a tag: once, twice. */
	for (unsigned tags = 1; tags <= 2; tags++) {
		buf_lit(out, " or (vlan and (");
		put_ports(s, out);
	}
	buf_lit(out, "))))");
}
