#include "repetition.h"

#include <math.h>
#include <string.h>

static const double WORTH_IT = 0.015;
/* s; what came at second try is not reported as lost, so the loss of sound alone cannot tell that
 * the path is well */
static const double LASTS = 30.0;

void lossy_path_open(struct lossy_path *self) { self->until = -INFINITY; }

void lossy_path_lost(struct lossy_path *self, double fraction, double now) {
    if (fraction > WORTH_IT) self->until = now + LASTS;
}

void repetition_keep(struct repetition *self, const struct outgoing *sent, size_t plain_size) {
    if (sent->length > MAX_REPEATED) return;
    self->size = sent->length;
    self->plain_size = (uint16_t)plain_size;
    memcpy(self->data, sent->data, sent->length);
}

size_t repetition_take(struct repetition *self, uint8_t *out) {
    size_t size = self->size;
    memcpy(out, self->data, size);
    self->size = 0;
    return size;
}
