/* The type Placement: it tells a capture that stood still from packets that were late, and gives
 * each frame its time.
 *
 * Both make the delay of a packet (its arrival against its timestamp) step up by as much. What was
 * only held up on the way comes after it in a hurry, so that the delay falls again. Where a browser
 * froze or a headset was lost, the timestamps went on unbroken though time had passed: the delay
 * stays where it is, packet after packet, and a new line from timestamps to time begins with the
 * first of them.
 *
 * So nothing is known until some more have come, and until then the frames are held back.
 */
#ifndef CARELAY_PYTHON_PLACEMENT_H
#define CARELAY_PYTHON_PLACEMENT_H

#include "python.h"

extern PyTypeObject placement_type;

#endif
