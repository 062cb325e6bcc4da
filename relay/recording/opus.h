/* How long an Opus packet plays (RFC 6716 section 3.1). */
#ifndef CARELAY_OPUS_H
#define CARELAY_OPUS_H

#include <stddef.h>
#include <stdint.h>

enum { OPUS_RATE = 48000, MAX_OPUS_SAMPLES = OPUS_RATE * 120 / 1000 }; /* RFC 6716 section 3.2 */

/* In samples at 48 kHz, for a packet of one octet or more; 0 and more than MAX_OPUS_SAMPLES are
 * impossible. */
static inline unsigned opus_samples(const uint8_t *payload, size_t length) {
    static const unsigned silk[] = {480, 960, 1920, 2880}, hybrid[] = {480, 960},
                          celt[] = {120, 240, 480, 960};
    unsigned configuration = payload[0] >> 3, code = payload[0] & 3;
    unsigned samples = configuration < 12   ? silk[configuration % 4]
                       : configuration < 16 ? hybrid[configuration % 2]
                                            : celt[configuration % 4];
    unsigned counted = length > 1 ? payload[1] & 0x3f : 1;
    return samples * (code == 0 ? 1 : code < 3 ? 2 : counted);
}

#endif
