/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a payload has no reading, in the words of error records. */
#include "format/format.h"

static const struct {
	const char *word, *meaning;
} refusals[] = {
	[BAD_CHECKSUM] = { "checksum", N_("the check digit or sum is wrong") },
	[BAD_PARITY] = { "parity", N_("the parity of the only blocks that are there is wrong") },
	[ROUNDS_DIFFER] = { "rounds-differ", N_("the second round differs from the first") },
	[BAD_LENGTH] = { "length", N_("its length is none that this language has") },
	[BAD_CHARACTER] = { "character", N_("a character that this language does not use") },
	[BAD_TYPE] = { "message-type", N_("intact, but its message type is none of this language") },
	[BAD_QUALIFIER] = { "qualifier", N_("intact, but its qualifier does not exist") },
	[BAD_CHANNEL] = { "channel", N_("a digit that no channel or status has") },
	[BAD_SYNTAX] = { "syntax", N_("not built as this language is: no event can be read") },
	[TRUNCATED] = { "truncated", N_("it ends before its own length says") },
	[RECORD_TOO_LONG] = { "record-length", N_("a record in it is longer than the rest") },
	[NO_BLOCK] = { "not-a-block", N_("it does not begin with a block") },
};

static bool is_said(unsigned refusal)
{
	return refusal && refusal < sizeof refusals / sizeof *refusals;
}

const char *refusal_word(enum verdict v, unsigned refusal)
{
	if (is_said(refusal))
		return refusals[refusal].word;
	return v == V_BAD_CHECK ? refusals[BAD_CHECKSUM].word : v == V_MALFORMED ? warning_word(W_STRUCTURE_BAD) : "noise";
}

const char *refusal_meaning(enum verdict v, unsigned refusal)
{
	if (is_said(refusal))
		return refusals[refusal].meaning;
	return v == V_BAD_CHECK ? refusals[BAD_CHECKSUM].meaning : v == V_MALFORMED ? warning_meaning(W_STRUCTURE_BAD)
	     : N_("bytes that are no payload of this language");
}
