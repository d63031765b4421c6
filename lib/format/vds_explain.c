/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of VdS 2465 for a person: a row each, its type by name and what
 * stands in it. */
#include "format/vds_explain.h"

#include <stdio.h>

#include "event/explain.h"
#include "format/vds.h"
#include "util/charset.h"

struct telling {
	struct buf words;
	bool wide;		/* an event's addresses are one number */
	enum language language;
};

static void tell_event(struct telling *t, struct span body)
{
	static const char *const kinds[] = { [0x01] = N_("input"), [0x02] = N_("output"), [0x10] = N_("fault") };
	struct cursor c = cursor_over(body);
	uint8_t place = cursor_u8(&c), high = cursor_u8(&c), low = cursor_u8(&c);
	uint8_t kind = body.n == 5 ? cursor_u8(&c) : 0, message = cursor_u8(&c);
	char code[3];
	if (!cursor_ok(&c) || !cursor_end(&c)) {
		buf_printf(&t->words, _("WRONG: 4 or 5 bytes are wanted, there are %zu"), body.n);
		return;
	}
	buf_printf(&t->words, _("device %u, area %u"), place >> 4, place & 15u);
	buf_printf(&t->words, t->wide ? _(", address %02X%02X") : low ? _(", address %u.%u") : _(", address %u"), high, low);
	if (kind < sizeof kinds / sizeof *kinds && kinds[kind])
		buf_printf(&t->words, ", %s", _(kinds[kind]));
	const struct vds_fault *fault = kind == 0x10 ? vds_fault(high) : NULL;
	if (fault)
		buf_printf(&t->words, " (%s)", _(fault->meaning));
	snprintf(code, sizeof code, "%02X", message & 0x7Fu);
	const struct code *row = code_vds(span_str(code));
	buf_printf(&t->words, ", %s%s", row ? row->label[t->language] : _("a message of no table"), message & 0x80 ? _(" (over)") : "");
}

static void tell_error(struct telling *t, struct span body)
{
	if (body.n > 1)
		buf_printf(&t->words, _("device %u, code %02X"), body.p[0] >> 4, body.p[1]);
	else
		buf_str(&t->words, _("WRONG: too short"));
}

static void tell_time(struct telling *t, struct span body)
{
	const uint8_t *p = body.p;
	if (body.n != 6 && body.n != 7) {
		buf_printf(&t->words, _("WRONG: 6 or 7 bytes are wanted, there are %zu"), body.n);
		return;
	}
	buf_printf(&t->words, "%02u%02u-%02u-%02u %02u:%02u", p[1], p[0], p[2], p[3], p[4], p[5]);
	if (body.n == 7)
		buf_printf(&t->words, ":%02u", p[6]);
}

static void tell_account(struct telling *t, struct span body)
{
	uint8_t digits[2 * 255];
	buf_add(&t->words, digits, vds_account(body, digits, sizeof digits));
}

static void tell_text(struct telling *t, struct span body)
{
	text_to_utf8(&t->words, body);
}

static void tell_number(struct telling *t, struct span body)
{
	if (body.n)
		buf_printf(&t->words, "%u", body.p[0]);
}

static void tell_transport(struct telling *t, struct span body)
{
	static const char *const services[] = {
		NULL, N_("analogue leased line"), N_("telephone"), "X.25", N_("ISDN, B channel"), N_("ISDN, D channel"), N_("trunked radio"),
		N_("data radio"), N_("mobile network"), "TCP/IP",
	};
	uint8_t service = body.n ? body.p[0] : 0;
	if (service % 16 == 0 && service / 16u < sizeof services / sizeof *services && services[service / 16])
		buf_str(&t->words, _(services[service / 16]));
}

static void tell_block(struct telling *t, struct span body)
{
	struct span bits;
	unsigned first, n, active = 0;
	if (!vds_block(body, &bits, &first, &n)) {
		buf_str(&t->words, _("WRONG: the bits do not come out even"));
		return;
	}
	for (unsigned i = 0; i < n; i++)
		if (!(bits.p[i / 8] >> i % 8 & 1))
			buf_printf(&t->words, active++ ? " %u" : _("active: %u"), first + i);
	if (!active)
		buf_str(&t->words, _("none active"));
}

static void tell_features(struct telling *t, struct span body)
{
	struct cursor c = cursor_over(span_from(body, 1));
	struct vds_feature f;
	bool counts_itself;
	if (!vds_features(body, &counts_itself))
		return;
	while (vds_next_feature(&c, counts_itself, &f)) {
		const char *word = vds_feature_word(f.type);
		buf_printf(&t->words, "%s%s_%u ", t->words.n ? ", " : "", word ? word : "?", f.path);
		text_to_utf8(&t->words, f.text);
	}
}

static const struct {
	uint8_t type;
	const char *name;
	void (*tell)(struct telling *t, struct span body);	/* NULL: the bytes are all that is known */
} types[] = {
	{ 0x01, N_("priority"), tell_number }, { R_EVENT, N_("event"), tell_event },
	{ R_ACKNOWLEDGEMENT, N_("acknowledgement"), tell_event }, { R_EVENT_UNACKNOWLEDGED, N_("event, no ack"), tell_event },
	{ 0x0C, N_("area"), NULL }, { R_QUERY, N_("query"), NULL }, { R_ERROR, N_("error"), tell_error }, { R_STATUS, N_("state"), tell_event },
	{ R_BLOCK, N_("block of states"), tell_block }, { R_ALL, N_("all states"), tell_block }, { 0x25, N_("collective"), NULL },
	{ 0x30, N_("measured value"), NULL }, { 0x35, N_("position"), NULL }, { R_TEST, N_("test"), NULL },
	{ R_TEST_ACKNOWLEDGEMENT, N_("test answer"), NULL }, { 0x42, N_("security code"), NULL }, { 0x44, N_("forwarding"), NULL },
	{ 0x48, N_("through-connect"), NULL }, { R_TIME, N_("panel's time"), tell_time }, { 0x51, N_("manufacturer"), tell_text },
	{ 0x52, N_("address"), NULL }, { 0x53, N_("address"), NULL }, { 0x54, N_("text"), tell_text }, { 0x55, N_("record types"), NULL },
	{ R_IDENTIFICATION, N_("account"), tell_account }, { R_DEVICE, N_("device"), tell_features }, { 0x60, N_("network state"), NULL },
	{ 0x61, N_("transport"), tell_transport }, { 0x62, N_("source address"), NULL }, { R_COUNTER, N_("counter"), NULL },
	{ 0x74, N_("container"), NULL }, { 0xFF, N_("end of the call"), NULL },
};

static void put_record(struct buf *out, struct span bytes, const struct vds_record *r, struct telling *t)
{
	const char *name = _("unknown");
	buf_reset(&t->words);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == r->type) {
			name = _(types[i].name);
			if (types[i].tell)
				types[i].tell(t, r->body);
		}
	explain_bytes(out, name, bytes, buf_cstr(&t->words));
}

void vds_explain_records(struct span records, bool wide, enum language language, struct buf *out)
{
	struct telling t = { .wide = wide, .language = language };
	struct cursor c = cursor_over(records);
	struct span before = c.rest;
	for (struct vds_record r; vds_next(&c, &r); before = c.rest)
		put_record(out, span_sub(before, 0, before.n - c.rest.n), &r, &t);
	if (!cursor_end(&c)) {
		explain_bytes(out, _("cut off"), c.rest, NULL);
		explain_say(out, _("stops"), _("a record of %u bytes begins here, and %zu are left"), c.rest.p[0] + 2u, c.rest.n);
	}
	buf_free(&t.words);
}
