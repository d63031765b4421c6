/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame as a technician is shown it; and the registry of protocols. */
#include "../tap.h"
#include "proto/proto.h"

#define SEALED "\nFD2F0076\"*SIA-DCS\"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA\r"

static const struct key key = {
	.bytes = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF },
	.n = 16,
};
static const struct protocol *dc09;
static struct buf out, opened;

static const char *explained(struct span frame, const struct key *k)
{
	struct context cx = { .now = clock_parse(SPAN("2026-01-31T12:00:01Z")), .key = k, .opened = &opened,
	                      .pad = "abcdefghijklmnop" };
	buf_reset(&out);
	buf_reset(&opened);
	dc09->explain(frame, &cx, LANG_EN, &out);
	return buf_cstr(&out);
}

static void clear_frame(void)
{
	is(explained(SPAN("\n8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"), NULL),
	   "SIA DC-09 frame\n"
	   "  CRC             8F54  right\n"
	   "  length          57 bytes  right\n"
	   "  token           SIA-DCS  SIA event codes (SIA DC-03)\n"
	   "  sequence        0002\n"
	   "  receiver        (not sent)\n"
	   "  line            0\n"
	   "  account         1234\n"
	   "  data account    1234\n"
	   "  data            Nri1/BA12\n"
	   "  function        N  new event\n"
	   "  modifier        ri1  partition\n"
	   "  code            BA12  Intrusion alarm\n"
	   "  panel's time    2026-01-31T12:00:00.000Z\n"
	   "  event           BA Intrusion alarm (alarm burglary), partition 1, zone 12\n"
	   "  answer          14310012\"ACK\"0002L0#1234[]\n", "a clear frame, field by field");
}

static void has(const char *words, const char *want, const char *name)
{
	ok(strstr(words, want) != NULL, "%s", name);
	if (!strstr(words, want))
		printf("# %s\n# in: %s\n", want, words);
}

static void wrong(void)
{
	const char *words = explained(SPAN("\nFFFF0047\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"), NULL);
	has(words, "FFFF  WRONG: computed 8F54", "the CRC as sent and as expected");
	has(words, "0047  WRONG: there are 57 bytes (0039)", "the length as sent and as expected");
	has(words, "BA Intrusion alarm", "and what it would have said");
	has(words, "none: the panel repeats", "a wrong one gets no answer");
	words = explained(SPAN("\n\xC5[002A\"NULL\"0000R8L0#41213[]_21:00:10,02-20-2024\r"), NULL);
	has(words, "C55B  right (two raw bytes)", "a binary CRC");
	has(words, "none: a link test", "a link test");
	words = explained(SPAN("\nF19A002B\"ADM-CID\"0056L9999#9999[#9999|1900 00 001]\r"), NULL);
	has(words, "F19A  right (over the CR too)", "a CRC over the CR");
}

static void sealed(void)
{
	const char *words = explained(SPAN(SEALED), NULL);
	has(words, "encrypted: no key for this account", "without a key");
	has(words, "\"DUH\"0002L0#1234[]", "DUH is the answer then");
	struct key other = key;
	other.bytes[0] ^= 1;
	words = explained(SPAN(SEALED), &other);
	has(words, "encrypted: our key does not open it", "with another key");
	words = explained(SPAN(SEALED), &key);
	has(words, "Nri1/BA12", "with the right one its content");
	has(words, "84660052\"*ACK\"0002L0#1234[540ED383", "and the sealed answer");
}

static void no_frames(void)
{
	struct signal s = { 0 };
	struct span foreign = SPAN("GET / HTTP/1.1\r\n"), tokenless = SPAN("\nF878000A\"0001L0#1[\r");
	is(explained(foreign, NULL), "no frame that we know\n  looks like      HTTP\n  bytes           GET / HTTP/1.1\\x0D\\x0A\n", "a neighbour is named");
	is(explained(SPAN("?"), NULL), "no frame that we know\n  bytes           ?\n", "a stranger is none");
	ok(dc09->read(foreign, &s) == V_NOT_MINE, "nor can it be read");
	ok(dc09->read(tokenless, &s) == V_MALFORMED && s.warnings & WARN(STRUCTURE_BAD), "a frame without a token");
	has(explained(tokenless, NULL), "none: the panel repeats", "gets no answer, and is not said to get one");
}

static void secrets(void)
{
	const char *words = explained(SPAN("\n02310052\"SIA-DCS\"6002L0#1111[|Nri1/RP000][KAAAAAAAAAAAAAAAA]_14:12:04,09-25-2019\r"), NULL);
	ok(!strstr(words, "AAAAAAAA"), "a key that a panel sends is not shown");
}

static void registry(void)
{
	static const char *const words[] = { "none", "ack", "nak", "duh" };
	for (enum answer a = A_NONE; a <= A_DUH; a++)
		is(answer_word(a), words[a], "the word for an answer");
	for (unsigned i = 0; protocols[i]; i++)
		ok(protocol_find(span_str(protocols[i]->name)) == protocols[i], "%s is found by its name", protocols[i]->name);
	ok(!protocol_find(SPAN("dc0")) && !protocol_find(SPAN("dc099")) && !protocol_find(SPAN("")), "others are not");
}

int main(void)
{
	dc09 = protocol_find(SPAN("dc09"));
	clear_frame();
	wrong();
	sealed();
	no_frames();
	secrets();
	registry();
	buf_free(&out);
	buf_free(&opened);
	return done();
}
