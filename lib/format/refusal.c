/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a payload has no reading, in the words of error records. */
#include "format/format.h"

static const struct {
	const char *word, *meaning;
} refusals[] = {
	[BAD_CHECKSUM] = { "checksum", "the check digit or sum is wrong" },
	[BAD_PARITY] = { "parity", "the parity of the only blocks that are there is wrong" },
	[ROUNDS_DIFFER] = { "rounds-differ", "the second round differs from the first" },
	[BAD_LENGTH] = { "length", "its length is none that this language has" },
	[BAD_CHARACTER] = { "character", "a character that this language does not use" },
	[BAD_TYPE] = { "message-type", "intact, but its message type is none of this language" },
	[BAD_QUALIFIER] = { "qualifier", "intact, but its qualifier does not exist" },
	[BAD_CHANNEL] = { "channel", "a digit that no channel or status has" },
	[BAD_SYNTAX] = { "syntax", "not built as this language is: no event can be read" },
	[TRUNCATED] = { "truncated", "it ends before its own length says" },
	[RECORD_TOO_LONG] = { "record-length", "a record in it is longer than the rest" },
	[NO_BLOCK] = { "not-a-block", "it does not begin with a block" },
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
	     : "bytes that are no payload of this language";
}
