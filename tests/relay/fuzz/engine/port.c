/* Batches of datagrams from peers and strangers, of any length and first octet, and what Python
 * reads of them. The input is a sequence of [what, address, length (2), bytes…]. */
#include "../../../../relay/engine/port.c"

#include <arpa/inet.h>

enum { ADDRESSES = 8 };

static int keys;

static int plain(void *session, void *packet, int *length) {
    return session && packet && *length >= 8 ? 0 : 1;
}

static struct sockaddr_storage address_of(uint8_t number) {
    struct sockaddr_storage address = {0};
    struct sockaddr_in *v4 = (void *)&address;
    struct sockaddr_in6 *v6 = (void *)&address;
    if (number & 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_addr.s6_addr[15] = number % ADDRESSES;
    } else {
        v4->sin_family = AF_INET;
        v4->sin_addr.s_addr = htonl(0x0a000000u + number % ADDRESSES);
    }
    return address;
}

static void arrive(struct inbox *inbox, int place, uint8_t number, const uint8_t *data,
                   size_t size) {
    struct incoming *item = inbox_item(inbox, place);
    item->address = address_of(number);
    item->local = (struct local_address){.size = number & 2 ? 4 : 0};
    item->length = size;
    item->arrival = monotonic_now();
    memcpy(item->data, data, size);
}

static void read_control(struct port *port) {
    size_t size;
    for (const struct control_record *record; (record = ring_peek(&port->control, &size));
         ring_release(&port->control)) {
        if (size != sizeof *record + record->length || !record->length ||
            record->length > MAX_DATAGRAM)
            abort();
        if (record->data[0] >= 64 || (!record->peer && record->data[0] >= 20)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    srtp = (struct srtp_functions){plain, plain, plain, plain};
    struct port *port = port_open(-1, 3e9, 2500000, 4096);
    struct inbox *inbox = inbox_open();
    struct peer *peer = relay_add(port->relay, 7);
    relay_secure(port->relay, peer->key, &keys, &keys);
    int count = 0;
    while (size >= 4) {
        size_t length = (size_t)(data[2] | data[3] << 8) % (MAX_DATAGRAM + 2);
        if (length > size - 4) length = size - 4;
        struct sockaddr_storage address = address_of(data[1]);
        switch (data[0] % 8) {
        case 0: address_bind(&port->addresses, &address, data[0] & 8 ? peer->key : 9); break;
        case 1: address_unbind(&port->addresses, &address); break;
        case 2: read_control(port); break;
        case 3:
            relay_direct(port->relay, peer->key, &address, sizeof address,
                         (struct local_address){.size = 16});
            break;
        default: arrive(inbox, count++, data[1], data + 4, length);
        }
        if (count == INBOX || data[0] % 8 == 7) {
            serve_batch(port, inbox, count, monotonic_now());
            count = 0;
        }
        data += 4 + length;
        size -= 4 + length;
    }
    serve_batch(port, inbox, count, monotonic_now());
    read_control(port);
    inbox_close(inbox);
    port_close(port);
    return 0;
}
