#include "ring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Each record has a head of eight bytes with its size; sizes are rounded up to eight. A record is
 * never split: where it does not fit before the end of the memory, a head of SKIP fills it. */
enum { HEAD = 8 };
static const uint64_t SKIP = UINT64_MAX;
static const size_t LAP = 1 << 18, PAGE = 1 << 12;

static size_t rounded(size_t size) { return (size + HEAD + 7) & ~(size_t)7; }

bool ring_open(struct ring *self, size_t size) {
    *self = (struct ring){.memory = aligned_alloc(PAGE, size), .size = size};
    return self->memory != NULL;
}

static void begin_at(struct ring *self, size_t place) {
    atomic_store(&self->head, place);
    atomic_store(&self->tail, place);
}

void ring_close(struct ring *self) {
    free(self->memory);
    self->memory = NULL;
    self->size = 0;
    begin_at(self, 0);
}

static uint64_t *head_at(struct ring *self, size_t place) {
    return (uint64_t *)(void *)(self->memory + (place & (self->size - 1)));
}

void *ring_reserve(struct ring *self, size_t size, size_t spare) {
    size_t head = atomic_load_explicit(&self->head, memory_order_relaxed);
    size_t free_bytes =
        self->size - (head - atomic_load_explicit(&self->tail, memory_order_acquire));
    size_t to_end = self->size - (head & (self->size - 1)), need = rounded(size);
    if ((need > to_end ? to_end : 0) + need + spare > free_bytes) {
        atomic_fetch_add_explicit(&self->dropped, 1, memory_order_relaxed);
        return NULL;
    }
    if (need > to_end) {
        *head_at(self, head) = SKIP;
        atomic_store_explicit(&self->head, head += to_end, memory_order_release);
    }
    uint64_t *record = head_at(self, head);
    *record = size;
    return record + 1;
}

void ring_commit(struct ring *self) {
    size_t head = atomic_load_explicit(&self->head, memory_order_relaxed);
    atomic_store_explicit(&self->head, head + rounded(*head_at(self, head)), memory_order_release);
}

const void *ring_peek(struct ring *self, size_t *size) {
    for (;;) {
        size_t tail = atomic_load_explicit(&self->tail, memory_order_relaxed);
        if (tail == atomic_load_explicit(&self->head, memory_order_acquire)) return NULL;
        uint64_t *record = head_at(self, tail);
        if (*record != SKIP) {
            *size = *record;
            return record + 1;
        }
        atomic_store_explicit(&self->tail, tail + self->size - (tail & (self->size - 1)),
                              memory_order_release);
    }
}

void ring_release(struct ring *self) {
    size_t tail = atomic_load_explicit(&self->tail, memory_order_relaxed);
    atomic_store_explicit(&self->tail, tail + rounded(*head_at(self, tail)), memory_order_release);
}

void ring_move(struct ring *self, struct ring *larger) {
    size_t size;
    for (const void *record; (record = ring_peek(self, &size)); ring_release(self)) {
        void *copy = ring_reserve(larger, size, 0);
        if (copy) memcpy(copy, record, size);
        if (copy) ring_commit(larger);
    }
    ring_close(self);
    self->memory = larger->memory;
    self->size = larger->size;
    self->touched = self->usual = 0;
    atomic_store(&self->head, atomic_load(&larger->head));
    atomic_store(&self->tail, atomic_load(&larger->tail));
}

/* `reached`: octets from the front that the lap at its end took. What is usual is forgotten within
 * some seconds. */
static void give_back(struct ring *self, size_t reached) {
    self->usual -= self->usual / 16;
    if (reached > self->usual) self->usual = reached;
    if (reached > self->touched) self->touched = reached;
    size_t keep = (self->usual + PAGE - 1) & ~(PAGE - 1);
    if (self->touched <= 2 * keep + LAP) return;
    madvise(self->memory + keep, self->touched - keep, MADV_DONTNEED);
    self->touched = keep;
}

void ring_rewind(struct ring *self) {
    size_t tail = atomic_load(&self->tail), waiting = atomic_load(&self->head) - tail;
    size_t begin = tail & (self->size - 1);
    bool overlaps = waiting > begin, in_two_pieces = begin + waiting > self->size;
    if (overlaps || in_two_pieces) return;
    memcpy(self->memory, self->memory + begin, waiting);
    give_back(self, begin + waiting);
    atomic_store(&self->tail, 0);
    atomic_store(&self->head, waiting);
}

bool ring_lapped(const struct ring *self) {
    return atomic_load_explicit(&self->tail, memory_order_relaxed) >= LAP;
}

static size_t taken(const struct ring *self) {
    size_t head = atomic_load_explicit(&self->head, memory_order_relaxed);
    return head - atomic_load_explicit(&self->tail, memory_order_relaxed);
}

bool ring_waiting(const struct ring *self) { return taken(self) > 0; }

bool ring_filling(const struct ring *self) { return taken(self) > self->size / 2; }
