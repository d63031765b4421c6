/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where what a Galaxy sends begins and ends, where nothing is known but its
 * bytes: blocks, a path check, a text message, somebody else. */
#include "format/sia_block.h"
#include "proto/galaxy.h"
#include "util/hex.h"

#define PATH_CHECK 26
#define MESSAGE_MOST 512
#define BLOCK_MOST (191 + 3)

enum verdict galaxy_path_check(struct span in)
{
	for (size_t i = 0; i <= GALAXY_ACCOUNT && i < in.n; i++)
		if (i == 0 ? in.p[i] != '\0' : !is_digit(in.p[i]))
			return V_NOT_MINE;
	return in.n >= PATH_CHECK ? V_OK : V_MORE;
}

bool galaxy_is_message(struct span in)
{
	return in.n > 2 && in.p[0] == '>' && in.p[1] == '#' && is_digit(in.p[2]);
}

size_t galaxy_line_ends(struct span in)
{
	size_t n = 0;
	while (n < in.n && (in.p[n] == '\r' || in.p[n] == '\n'))
		n++;
	return n;
}

/* Up to the end of its line, or the next message. */
static enum verdict message(struct span in, bool at_end, size_t *n)
{
	for (*n = 1; *n < in.n && *n < MESSAGE_MOST; ++*n)
		if (in.p[*n] == '\0' || in.p[*n] == '>' || galaxy_line_ends(span_from(in, *n))) {
			*n += galaxy_line_ends(span_from(in, *n));
			return V_OK;
		}
	return at_end || *n == MESSAGE_MOST ? V_OK : V_MORE;
}

bool galaxy_all_are(struct span blocks, bool (*is)(uint8_t function))
{
	struct sia_block b;
	for (; blocks.n; blocks = span_from(blocks, sia_block_fill(blocks))) {
		if (sia_block_take(blocks, &b) != V_OK || !is(b.function))
			return false;
		blocks = span_from(blocks, b.whole.n);
	}
	return true;
}

size_t galaxy_run(struct span in, bool texts, bool *goes_on)
{
	struct sia_block b;
	size_t n = 0;
	for (size_t gap = 0;; gap = sia_block_fill(span_from(in, n))) {
		struct span rest = span_from(in, n + gap);
		enum verdict v = sia_block_take(rest, &b);
		*goes_on = v == V_MORE && in.n < GALAXY_MOST;
		if (v != V_OK || (texts && b.function != 'A') || n + gap + b.whole.n > GALAXY_MOST)
			return n;
		n += gap + b.whole.n;
		if (b.function == '0')
			return n;
	}
}

/* Where behind the front something sound begins that panels begin with. */
static size_t next_sound(struct span in)
{
	struct sia_block b;
	for (size_t at = 1; at < in.n; at++) {
		struct span rest = span_from(in, at);
		bool sound = sia_block_take(rest, &b) == V_OK && (galaxy_is_account(b.function) || galaxy_is_event(b.function));
		if ((sound && b.content.n > 1) || galaxy_is_message(rest))
			return at;
	}
	return in.n;
}

const char *galaxy_neighbour(struct span in)
{
	if (span_starts(in, SPAN("\x05\x01")))
		return N_("an encrypted Galaxy (switch encryption off in its menu 56.4.9, on a Flex 56.3.3.5, or use the maker's receiver)");
	return protocol_stranger(in);
}

/* Up to where a block could begin; all of it, where another protocol is spoken. */
static size_t noise(struct span in, bool at_end)
{
	struct sia_block b;
	size_t n = 1;
	if (galaxy_neighbour(in))
		return in.n;
	while (n < in.n && (sia_block_take(span_from(in, n), &b) == V_NOT_MINE || (at_end && in.n - n < 3)) && !galaxy_is_message(span_from(in, n)))
		n++;
	return n;
}

/* The front is no sound block.  Who waits for our answer has sent nothing
 * behind it, but a byte lost in its header makes it seem longer than it is. */
static enum verdict unsound(struct span in, bool at_end, enum verdict v, const struct sia_block *b, size_t *n)
{
	*n = v == V_NOT_MINE ? noise(in, at_end) : next_sound(span_sub(in, 0, 2 * BLOCK_MOST));
	if (v == V_NOT_MINE)
		return v;
	if (v == V_MORE && *n == in.n && !at_end && in.n < GALAXY_MOST)
		return V_MORE;
	if (v == V_BAD_CHECK && galaxy_neighbour(in))
		*n = in.n;
	else if (v == V_BAD_CHECK && b->whole.n < *n)
		*n = b->whole.n;
	return V_BAD_CHECK;
}

enum verdict galaxy_cut(struct span in, bool at_end, size_t *n)
{
	struct sia_block b;
	bool goes_on = false;
	enum verdict v = galaxy_path_check(in);
	if (v == V_OK || (v == V_MORE && !at_end)) {
		*n = v == V_OK ? PATH_CHECK : 0;
		return v;
	}
	size_t fill = sia_block_fill(in);
	in = span_from(in, fill);
	*n = 0;
	if (in.n == 0)
		v = at_end ? V_NOT_MINE : V_MORE;
	else if (galaxy_is_message(in))
		v = message(in, at_end, n);
	else if ((v = sia_block_take(in, &b)) == V_OK)
		*n = galaxy_run(in, false, &goes_on);
	else
		v = unsound(in, at_end, v, &b, n);
	if (goes_on && !at_end)
		v = V_MORE;
	*n = v == V_MORE ? fill : fill + *n;
	return v;
}
