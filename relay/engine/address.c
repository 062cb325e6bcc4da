#include "address.h"

#include <stdlib.h>
#include <string.h>

static bool same(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
    if (a->ss_family != b->ss_family) return false;
    if (a->ss_family == AF_INET) {
        const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;
        return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
    }
    const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;
    return x->sin6_port == y->sin6_port &&
           !memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr);
}

/* FNV-1a; only authenticated peers get into the table, so nobody can fill one place on purpose. */
static unsigned hash(const struct sockaddr_storage *address) {
    bool v4 = address->ss_family == AF_INET;
    const uint8_t *bytes = v4 ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
                              : (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr;
    const struct sockaddr_in *head = (const void *)address; /* the port is at one place in both */
    unsigned value = 2166136261u ^ head->sin_port;
    for (unsigned i = 0; i < (v4 ? 4u : 16u); i++) value = (value ^ bytes[i]) * 16777619u;
    return value ^ value >> 15;
}

static struct address_entry *find(const struct address_table *self,
                                  const struct sockaddr_storage *address) {
    for (unsigned place = hash(address);; place++) {
        struct address_entry *entry = &self->entries[place & (self->room - 1)];
        if (!entry->peer || same(&entry->address, address)) return entry;
    }
}

static bool grow(struct address_table *self) {
    struct address_table larger = {.room = self->room ? 2 * self->room : 64};
    larger.entries = calloc(larger.room, sizeof *larger.entries);
    if (!larger.entries) return false;
    for (unsigned i = 0; i < self->room; i++)
        if (self->entries[i].peer)
            address_bind(&larger, &self->entries[i].address, self->entries[i].peer);
    free(self->entries);
    *self = larger;
    return true;
}

bool address_bind(struct address_table *self, const struct sockaddr_storage *address,
                  uint32_t peer) {
    if (2 * (self->count + 1) > self->room && !grow(self)) return false;
    struct address_entry *entry = find(self, address);
    if (!entry->peer) self->count++;
    *entry = (struct address_entry){.address = *address, .peer = peer};
    return true;
}

void address_unbind(struct address_table *self, const struct sockaddr_storage *address) {
    if (!self->room) return;
    struct address_entry *entry = find(self, address);
    if (!entry->peer) return;
    entry->peer = 0;
    self->count--;
    /* Those behind it in the probe sequence may now be out of reach: put them in again. */
    for (unsigned place = (unsigned)(entry - self->entries) + 1;; place++) {
        struct address_entry moved = self->entries[place & (self->room - 1)];
        if (!moved.peer) return;
        self->entries[place & (self->room - 1)].peer = 0;
        *find(self, &moved.address) = moved;
    }
}

uint32_t address_peer(const struct address_table *self, const struct sockaddr_storage *address) {
    return self->room ? find(self, address)->peer : 0;
}

void address_close(struct address_table *self) { free(self->entries); }
