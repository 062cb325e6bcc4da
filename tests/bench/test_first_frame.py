from bench.first_frame import summary

CAMERA = {"bps": 1_200_400.0, "frameHeight": 720, "framesPerSecond": 30, "limitedBy": "none"}


def test_the_browser_s_figures_become_medians() -> None:
    calls = [
        {"firstFrameMs": ms, "cameras": [CAMERA, {**CAMERA, "limitedBy": "cpu"}]}
        for ms in (310.0, 250.4, 900.0)
    ]
    direct = [{"firstFrameMs": 200.0, "cameras": [CAMERA]}]
    result = summary({"chromium": "Chrome/1", "carelay": calls, "floor": direct})
    assert result["carelay"] == {
        "first_frame_ms": 310,
        "camera_bps": 1_200_000,
        "camera_frame_height": 720,
        "camera_frames_per_second": 30,
        "camera_limited_by": ["cpu", "none"],
    }
    assert result["repetitions"] == {"carelay": calls, "floor": direct}
