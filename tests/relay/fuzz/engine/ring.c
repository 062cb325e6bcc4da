/* Records in, records out, beside a plain queue. The input is a sequence of [what, size (2)]. */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 1 << 12, LARGER = 1 << 19, MOST = 1 << 15 };

struct queue {
    struct {
        size_t size;
        uint8_t octet;
    } records[MOST];
    size_t head, tail;
};

static void put(struct ring *ring, struct queue *queue, size_t size, size_t spare) {
    uint8_t octet = (uint8_t)queue->head;
    uint64_t dropped = ring->dropped;
    uint8_t *record = ring_reserve(ring, size, spare);
    if (!record != (ring->dropped == dropped + 1)) abort();
    if (!record || queue->head == MOST) return;
    memset(record, octet, size);
    ring_commit(ring);
    queue->records[queue->head].size = size;
    queue->records[queue->head++].octet = octet;
}

static void take(struct ring *ring, struct queue *queue) {
    size_t size;
    const uint8_t *record = ring_peek(ring, &size);
    if (!record != (queue->head == queue->tail) || ring_waiting(ring) != (record != NULL)) abort();
    if (!record) return;
    if (size != queue->records[queue->tail].size) abort();
    for (size_t i = 0; i < size; i++)
        if (record[i] != queue->records[queue->tail].octet) abort();
    queue->tail++;
    ring_release(ring);
}

static void move(struct ring *ring) {
    struct ring larger;
    if (ring->size >= LARGER || !ring_open(&larger, LARGER)) return;
    ring_move(ring, &larger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct ring ring;
    struct queue *queue = calloc(1, sizeof *queue);
    if (!ring_open(&ring, SIZE)) abort();
    for (; size >= 3; data += 3, size -= 3) {
        size_t length = (size_t)(data[1] | data[2] << 8) % 2000;
        switch (data[0] % 8) {
        case 0: move(&ring); break;
        case 1: ring_rewind(&ring); break;
        case 2:
        case 3:
        case 4: take(&ring, queue); break;
        case 5: put(&ring, queue, length, ring.size / 4); break;
        default: put(&ring, queue, length, 0); break;
        }
        if (ring.head - ring.tail > ring.size) abort();
    }
    while (ring_waiting(&ring)) take(&ring, queue);
    if (queue->head != queue->tail) abort();
    ring_close(&ring);
    free(queue);
    return 0;
}
