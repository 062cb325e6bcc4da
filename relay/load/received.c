#include "received.h"

struct received *stream_received(struct client *client, uint32_t ssrc) {
    for (int i = 0; i < client->received_count; i++)
        if (client->received[i].ssrc == ssrc) return &client->received[i];
    if (client->received_count == MAX_RECEIVED) return NULL;
    struct received *stream = &client->received[client->received_count++];
    *stream = (struct received){.ssrc = ssrc};
    return stream;
}

bool came_before(struct received *stream, uint16_t sequence) {
    uint16_t behind = (uint16_t)(stream->newest - sequence);
    if (stream->came && behind < 0x8000) {
        bool before = behind < 64 && stream->came >> behind & 1;
        if (behind < 64) stream->came |= UINT64_C(1) << behind;
        return before;
    }
    uint16_t ahead = (uint16_t)(sequence - stream->newest);
    stream->came = (ahead < 64 ? stream->came << ahead : 0) | 1;
    stream->newest = sequence;
    return false;
}
