/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a serial port reads when it is not set as the sender is: characters
 * become the levels of a wire, and the wire is sampled as a UART does it.
 * So wrong settings can be recognised by what they make of a known record,
 * and tested where there are no wires. */
#ifndef VIGIE_LINK_UART_H
#define VIGIE_LINK_UART_H

#include "link/serial.h"

/* The line rests before the first byte and behind the last, and not between
 * them.  As many bytes, and an enum fault beside each, as the reader takes for
 * characters; at most room.  Both settings are whole (serial_usual). */
size_t uart_read(const struct serial_settings *sender, struct span sent, const struct serial_settings *reader, uint8_t *bytes,
                 uint8_t *faults, size_t room);

#endif
