import { Asking } from "./PlaceQuestion";
import { usePlace } from "./usePlace";

/** Where the patient is, beside their call: to be answered, or corrected later. */
export function PlacePanel({ roomId }: { roomId: string }) {
  const place = usePlace({ room_id: roomId });
  if (place.asked === null) return null;
  return <Asking place={place} asked={place.asked} className="overflow-y-auto p-4" />;
}
