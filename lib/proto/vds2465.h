/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VdS 2465-S2, the TCP/IP carrier of VdS 2465, as two public servers have it
 * (the standard is on sale only).  All numbers big-endian:
 *
 *	KeyNr 2 | SL 2 | TC 4 | CRC 2 | RC 4 | IK 1 | PK 1 | L 1 | L bytes of records | fill
 *
 *	SL	counts what is behind it
 *	KeyNr	0: in clear; else what is behind SL is AES in CBC
 *	TC	the sender's own counter
 *	RC	the last TC received, and one: what came is acknowledged
 *	CRC	the Internet checksum over all from TC on, but for itself
 *
 * The receiver speaks first and polls; the transmitter answers. */
#ifndef VIGIE_PROTO_VDS2465_H
#define VIGIE_PROTO_VDS2465_H

#include "proto/proto.h"

enum vds_ik { IK_SYNC = 1, IK_SYNC_ANSWER, IK_POLL, IK_DATA, IK_UNKNOWN, PK_UNKNOWN, IK_SERVICE };
#define PK_VDS 1

/* A frame taken apart; spans borrow from it. */
struct vds_frame {
	unsigned key;
	struct span content;	/* all behind SL; sealed: the ciphertext */
	bool sealed;		/* not in clear, or no longer known to be: nothing below is set */
	uint32_t tc, rc;
	uint16_t crc, crc_computed;
	uint8_t ik, pk;
	struct span records;
};

/* V_OK, V_MORE, V_NOT_MINE or V_BAD_CHECK, and how many bytes of the front are meant. */
enum verdict vds_frame_cut(struct span in, bool at_end, size_t *n);

/* Of a whole one.  V_OK, V_BAD_CHECK, V_MALFORMED or V_NOT_MINE. */
enum verdict vds_frame_read(struct span frame, struct vds_frame *f);

/* Appends the frame in clear.  -1 when the key does not open it. */
int vds_frame_open(const struct vds_frame *f, const struct key *key, struct buf *out);

/* Appends a frame of ours: its content padded, summed up and sealed where a
 * key is given. */
void vds_frame_put(struct buf *out, const struct vds_frame *f, const struct key *key);

void vds2465_explain(struct span frame, const struct context *cx, enum language language, struct buf *out);
void vds2465_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out);
extern const struct conversation vds2465_conversation;

#endif
