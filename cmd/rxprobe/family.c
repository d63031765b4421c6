/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receivers that are played: their signs of life, their records for
 * events, how long they wait and how often they repeat. */
#include <stdio.h>

#include "play.h"
#include "util/checksum.h"
#include "util/hex.h"

#define MANY 1000	/* without end, where a rehearsal has one */

static void surgard_heartbeat(msec now, struct buf *out)
{
	(void)now;
	buf_lit(out, "1011           @    \x14");
}

static void okay(msec now, struct buf *out)
{
	(void)now;
	buf_lit(out, "\n00 OKAY @\r");
}

/* Header, and the sum of all of it in six bits. */
static void ademco_8000_heartbeat(msec now, struct buf *out)
{
	struct civil c = clock_civil(now);
	size_t began = out->n;
	unsigned sum = 0;
	buf_printf(out, "\x03%02d%02d%02d\"%02d%02d%02d\"01\"0000\"", c.month, c.day, c.year % 100, c.hour, c.minute, c.second);
	for (size_t i = began; i < out->n; i++)
		sum += out->p[i];
	buf_byte(out, (uint8_t)(0x40 | (sum & 0x3F)));
	buf_byte(out, '\r');
}

static void put_block(struct buf *out, const char *block)
{
	struct span text = span_str(block);
	buf_printf(out, "\n%04X%02zX%s\r", crc16_arc(0, text), text.n, block);
}

static void bosch_heartbeat(msec now, struct buf *out)
{
	(void)now;
	put_block(out, "\t00010100[]");
}

/* The fields of an event that a record has room for. */
struct fields {
	struct buf account, code, qualifier, zone, partition, scratch;
};

static void get(const struct record *r, const char *key, struct fields *f, struct buf *out)
{
	buf_span(out, record_text(r, key, &f->scratch));
}

static void fields_read(struct fields *f, const struct record *r)
{
	get(r, "account", f, &f->account);
	get(r, "code", f, &f->code);
	get(r, "qualifier", f, &f->qualifier);
	get(r, "zone", f, &f->zone);
	if (f->zone.n == 0)
		get(r, "user", f, &f->zone);
	get(r, "partition", f, &f->partition);
}

static void fields_free(struct fields *f)
{
	buf_free(&f->account);
	buf_free(&f->code);
	buf_free(&f->qualifier);
	buf_free(&f->zone);
	buf_free(&f->partition);
	buf_free(&f->scratch);
}

static bool is_number(const struct buf *b, size_t most)
{
	for (size_t i = 0; i < b->n; i++)
		if (!is_digit(b->p[i]))
			return false;
	return b->n <= most;
}

static bool is_hex_text(const struct buf *b, size_t least, size_t most)
{
	for (size_t i = 0; i < b->n; i++)
		if (!is_hex(b->p[i]))
			return false;
	return b->n >= least && b->n <= most;
}

/* Filled up with zeros in front. */
static void put_filled(struct buf *out, const struct buf *digits, size_t width)
{
	for (size_t n = digits->n; n < width; n++)
		buf_byte(out, '0');
	buf_span(out, buf_view(digits));
}

static char qualifier(const struct fields *f)
{
	return f->qualifier.n == 1 ? (char)f->qualifier.p[0] : 'E';
}

static bool is_cid(const struct fields *f)
{
	return is_hex_text(&f->account, 1, 4) && is_hex_text(&f->code, 3, 3) && is_number(&f->zone, 3) && is_number(&f->partition, 2);
}

static bool is_sia(const struct fields *f)
{
	bool letters = f->code.n == 2 && !is_digit(f->code.p[0]);
	return letters && is_hex_text(&f->account, 1, 16) && is_number(&f->zone, 4);
}

/* "5RRL 18AAAAQXYZGGCCC", "SRRL[#account|NBA001]" */
static bool surgard_event(const struct record *r, struct buf *out)
{
	struct fields f = { 0 };
	fields_read(&f, r);
	bool cid = is_cid(&f), sia = !cid && is_sia(&f);
	if (cid) {
		buf_lit(out, "5011 18");
		put_filled(out, &f.account, 4);
		buf_byte(out, (uint8_t)qualifier(&f));
		buf_span(out, buf_view(&f.code));
		put_filled(out, &f.partition, 2);
		put_filled(out, &f.zone, 3);
		buf_byte(out, 0x14);
	} else if (sia) {
		buf_printf(out, "S011[#%s|N%s%s]\x14", buf_cstr(&f.account), buf_cstr(&f.code), buf_cstr(&f.zone));
	}
	fields_free(&f);
	return cid || sia;
}

/* "18QXYZGGCCC", Q a digit */
static void put_digits(struct buf *out, struct fields *f)
{
	char q = qualifier(f);
	buf_printf(out, "18%c%s", q == 'R' ? '3' : q == 'P' ? '6' : '1', buf_cstr(&f->code));
	put_filled(out, &f->partition, 2);
	put_filled(out, &f->zone, 3);
}

/* "a RR l . AAAA 18 Q XYZ GG CCC" */
static bool radionics_event(const struct record *r, struct buf *out)
{
	struct fields f = { 0 };
	fields_read(&f, r);
	bool cid = is_cid(&f), sia = !cid && is_sia(&f);
	if (cid) {
		buf_lit(out, "a011 ");
		put_filled(out, &f.account, 4);
		put_digits(out, &f);
		buf_byte(out, 0x14);
	} else if (sia) {
		buf_printf(out, "S011[#%s|N%s%s]\x14", buf_cstr(&f.account), buf_cstr(&f.code), buf_cstr(&f.zone));
	}
	fields_free(&f);
	return cid || sia;
}

static bool bosch_event(const struct record *r, struct buf *out)
{
	static unsigned number;
	struct fields f = { 0 };
	struct buf block = { 0 };
	fields_read(&f, r);
	bool cid = is_cid(&f), sia = !cid && is_sia(&f);
	if (cid || sia) {
		number = number % 9999 + 1;
		buf_printf(&block, "%c%04u0101[#%4s|", cid ? 'a' : 'v', number, buf_cstr(&f.account));
		if (cid)
			put_digits(&block, &f);
		else
			buf_printf(&block, "N%s%s", buf_cstr(&f.code), buf_cstr(&f.zone));
		buf_byte(&block, ']');
		put_block(out, buf_cstr(&block));
	}
	buf_free(&block);
	fields_free(&f);
	return cid || sia;
}

/* "LF R G . AAAA . 18 . QXYZ . GG . FCCC . CR" */
static bool ademco_685_event(const struct record *r, struct buf *out)
{
	struct fields f = { 0 };
	fields_read(&f, r);
	bool cid = is_cid(&f), user = record_raw(r, "user").n && !record_raw(r, "zone").n;
	if (cid) {
		buf_lit(out, "\n11 ");
		put_filled(out, &f.account, 4);
		buf_printf(out, " 18 %c%s ", qualifier(&f), buf_cstr(&f.code));
		put_filled(out, &f.partition, 2);
		buf_str(out, user ? " U" : " C");
		put_filled(out, &f.zone, 3);
		buf_lit(out, " \r");
	}
	fields_free(&f);
	return cid;
}

static const struct family families[] = {
	{ "surgard", 4 * SECOND, 4, 25, surgard_heartbeat, surgard_event },
	{ "radionics-6500", 4 * SECOND, MANY, 3, surgard_heartbeat, radionics_event },
	{ "bosch-sia", 4 * SECOND, MANY, 3, bosch_heartbeat, bosch_event },
	{ "ademco-685", 2 * SECOND, 2, 2, okay, ademco_685_event },
	{ "caps", 2 * SECOND, 2, 2, okay, NULL },
	{ "iti-generic", 4 * SECOND, 2, 2, okay, NULL },
	{ "ademco-8000", 4 * SECOND, 2, 2, ademco_8000_heartbeat, NULL },
	{ "sk9000", 4 * SECOND, 2, 2, NULL, NULL },
	{ "fbi-cp220", 4 * SECOND, 1, 10, NULL, ademco_685_event },
	{ "exprecium", 2 * SECOND, MANY, MANY, NULL, NULL },
};

const struct family *family_find(const struct protocol *p)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strcmp(families[i].name, p->name) == 0)
			return &families[i];
	return NULL;
}
