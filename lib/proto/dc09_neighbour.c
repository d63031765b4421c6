/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who else knocks at the port of a DC-09 receiver: alarm ports are scanned
 * daily, and installers set up panels for another protocol. */
#include "proto/dc09.h"
#include "util/hex.h"

static bool is_galaxy_block(struct span in)
{
	uint8_t sum = 0xFF;
	if (in.n < 3 || (in.p[0] & 0x3F) == 0 || in.p[1] != '#')
		return false;
	size_t n = (size_t)(in.p[0] & 0x3F) + 3;
	for (size_t i = 0; i < n && i < in.n; i++)
		sum ^= in.p[i];
	return in.n >= n && sum == 0;
}

/* The account's block as a log shows it, where its parity is no letter: F# and
 * six digits, D# and four. */
static bool is_galaxy_text(struct span in)
{
	if (in.n < 4 || in.p[0] <= 0x40 || in.p[0] >= 0x7F || in.p[1] != '#' || in.n != (in.p[0] & 0x3Fu) + 2u)
		return false;
	for (size_t i = 2; i < in.n; i++)
		if (!is_hex(in.p[i]))
			return false;
	return true;
}

static bool is_heartbeat(struct span in)
{
	struct span s = in.n >= 7 ? in : (struct span){ 0 };
	if (s.n == 0 || s.p[0] != 'S' || s.p[1] != 'R' || s.p[6] != 'L')
		return false;
	return is_digit(s.p[2]) && is_digit(s.p[3]) && is_digit(s.p[4]) && is_digit(s.p[5]);
}

static const struct {
	struct span first;
	const char *name;
} beginnings[] = {
	{ SPAN("\n0101"), N_("Osborne-Hoffman (Aritech, UTC)") },
	{ SPAN("\x05\x01"), N_("encrypted Galaxy module: not decodable") },
	{ SPAN("\x16\x03"), "TLS" },
	{ SPAN("GET "), "HTTP" }, { SPAN("POST "), "HTTP" }, { SPAN("HEAD "), "HTTP" }, { SPAN("PRI * HTTP"), "HTTP" },
	{ SPAN("SSH-"), "SSH" },
	{ SPAN("OPTIONS sip:"), "SIP" }, { SPAN("REGISTER sip:"), "SIP" }, { SPAN("INVITE sip:"), "SIP" },
	{ SPAN("OPTIONS rtsp:"), "RTSP" }, { SPAN("OPTIONS "), "HTTP" },
	{ SPAN("HID="), N_("Ecoline gateway (Aritech)") },
	{ SPAN("EHLO "), "SMTP" }, { SPAN("HELO "), "SMTP" },
	{ SPAN("\x03\x00\x00"), "RDP" },
};

static const char *name(struct span in)
{
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (span_starts(in, beginnings[i].first))
			return beginnings[i].name;
	if (is_galaxy_block(in) || is_galaxy_text(in))
		return N_("SIA DC-03 blocks (Honeywell Galaxy)");
	return is_heartbeat(in) ? N_("Osborne-Hoffman (Aritech, UTC)") : NULL;
}

/* Typed by hand, by a script or out of a recorded wire, it has an LF in front. */
const char *dc09_neighbour(struct span in)
{
	const char *known = name(in);
	return !known && in.n && in.p[0] == '\n' ? name(span_from(in, 1)) : known;
}
