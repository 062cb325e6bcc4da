#include "arrivals.h"

#include <string.h>

#include "../bytes.h"
#include "fetch.h"

enum { TICKS_PER_SECOND = 4000, TICKS_PER_REFERENCE = 256, KEEP_TICKS = TICKS_PER_SECOND / 2 };
enum symbol { NOT_RECEIVED, SMALL, LARGE };

static void begin_anew(struct arrivals *self, int64_t extended) {
    memset(self->seen, 0, sizeof self->seen);
    self->pending = false;
    self->newest_tick = self->oldest_tick = 0;
    self->next = extended;
}

/* When `number` arrived in ticks; false if it did not, or is forgotten. */
static bool arrival(const struct arrivals *self, int64_t number, int64_t *tick) {
    unsigned place = (unsigned)number % ARRIVALS;
    uint32_t age = (uint32_t)self->newest_tick - self->seen[place].tick; /* none is newer */
    *tick = self->newest_tick - age;
    return self->seen[place].number == (uint32_t)number && *tick >= self->oldest_tick &&
           number > self->sequence.highest - ARRIVALS;
}

void arrivals_fetch(const struct arrivals *self, uint16_t sequence) {
    fetch(self, offsetof(struct arrivals, seen));
    fetch(&self->seen[sequence % ARRIVALS], sizeof self->seen[0]);
}

void arrivals_note(struct arrivals *self, uint16_t sequence, double now) {
    int64_t extended, tick;
    if (!self->sequence.highest) /* unlike with SRTP, numbers may lie before the first one */
        self->sequence.highest = 2 * CYCLE + sequence;
    if (sequence_extend(&self->sequence, sequence, &extended) == ASTRAY) return;
    if (!self->next || extended - self->next > MAX_TRANSPORT_GAP) begin_anew(self, extended);
    if (extended <= self->sequence.highest - ARRIVALS || arrival(self, extended, &tick)) return;
    tick = (int64_t)(now * TICKS_PER_SECOND);
    unsigned place = (unsigned)extended % ARRIVALS;
    self->seen[place].number = (uint32_t)extended;
    self->seen[place].tick = (uint32_t)tick;
    if (tick > self->newest_tick) self->newest_tick = tick;
    if (!self->pending || extended < self->first) self->first = extended;
    if (!self->pending || extended > self->last) self->last = extended;
    self->pending = true;
}

static uint8_t *put_vector(uint8_t *at, const uint8_t *symbols, size_t left, size_t *used) {
    bool one_bit = true;
    for (size_t i = 0; i < 14 && i < left; i++) one_bit = one_bit && symbols[i] != LARGE;
    unsigned width = one_bit ? 1 : 2, count = one_bit ? 14 : 7, vector = one_bit ? 0x8000 : 0xc000;
    for (unsigned i = 0; i < count && i < left; i++)
        vector |= (unsigned)symbols[i] << width * (count - 1 - i);
    put16(at, (uint16_t)vector);
    *used = count;
    return at + 2;
}

/* Packet status chunks: long runs, otherwise vectors of 14 one-bit or 7 two-bit symbols. */
static uint8_t *put_chunks(uint8_t *at, const uint8_t *symbols, size_t count) {
    for (size_t offset = 0, used; offset < count; offset += used) {
        used = 1;
        while (offset + used < count && symbols[offset + used] == symbols[offset] && used < 0x1fff)
            used++;
        if (used >= 14 || offset + used == count) {
            put16(at, (uint16_t)(symbols[offset] << 13 | used));
            at += 2;
        } else {
            at = put_vector(at, symbols + offset, count - offset, &used);
        }
    }
    return at;
}

/* One run of statuses, from `base` up to before `end`, at least one of them an arrival. */
static size_t encode(struct arrivals *self, uint32_t sender, uint32_t media, int64_t base,
                     int64_t end, uint8_t *packet) {
    uint8_t symbols[ARRIVALS + MAX_TRANSPORT_GAP + MAX_STATUSES], deltas[2 * MAX_STATUSES + 2];
    size_t symbol_count = 0, delta_size = 0;
    int64_t reference = -1, previous = 0, tick;
    for (int64_t number = base; number < end; number++) {
        if (!arrival(self, number, &tick)) {
            symbols[symbol_count++] = NOT_RECEIVED;
            continue;
        }
        if (reference < 0) reference = previous = tick / TICKS_PER_REFERENCE * TICKS_PER_REFERENCE;
        int64_t delta = tick - previous;
        bool small = delta >= 0 && delta <= 255;
        symbols[symbol_count++] = small ? SMALL : LARGE;
        if (!small) deltas[delta_size++] = (uint8_t)(delta >> 8);
        deltas[delta_size++] = (uint8_t)delta;
        previous = tick;
    }
    put16(packet + 12, (uint16_t)base);
    put16(packet + 14, (uint16_t)symbol_count);
    put32(packet + 16, (uint32_t)(reference / TICKS_PER_REFERENCE & 0xffffff) << 8 | self->count++);
    uint8_t *at = put_chunks(packet + 20, symbols, symbol_count);
    memcpy(at, deltas, delta_size);
    size_t length = (size_t)(at - packet) + delta_size, padding = -length & 3;
    if (padding) { /* zero octets behind the deltas, the last one counting them (RFC 3550 6.4.1) */
        memset(packet + length, 0, padding);
        length += padding;
        packet[length - 1] = (uint8_t)padding;
    }
    packet[0] = padding ? 0xaf : 0x8f;
    packet[1] = 205;
    put16(packet + 2, (uint16_t)(length / 4 - 1));
    put32(packet + 4, sender);
    put32(packet + 8, media);
    return length;
}

void arrivals_feedback(struct arrivals *self, uint32_t sender, uint32_t media,
                       void (*emit)(void *context, const uint8_t *packet, size_t length),
                       void *context) {
    if (!self->pending) return;
    uint8_t packet[MAX_FEEDBACK];
    int64_t base = self->first < self->next ? self->first : self->next;
    int64_t end = (self->last > self->next - 1 ? self->last : self->next - 1) + 1;
    int64_t previous = -1, tick;
    /* Cut where a packet gets too long or a delta does not fit 16 bits (8 s). */
    for (int64_t number = base; number < end; number++) {
        bool arrived = arrival(self, number, &tick);
        bool too_far =
            arrived && previous >= 0 && (tick - previous > 0x7fff || previous - tick > 0x7fff);
        if (previous >= 0 && (too_far || number - base >= MAX_STATUSES)) {
            emit(context, packet, encode(self, sender, media, base, number, packet));
            base = number;
            previous = -1;
        }
        if (arrived) previous = tick;
    }
    if (previous >= 0) emit(context, packet, encode(self, sender, media, base, end, packet));
    if (self->last + 1 > self->next) self->next = self->last + 1;
    self->pending = false;
    self->oldest_tick = self->newest_tick - KEEP_TICKS;
}
