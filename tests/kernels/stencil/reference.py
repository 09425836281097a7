"""Three steps, each a launch of its own, to and fro between two images. Integers: exact in f32 in any order."""

WIDTH, HEIGHT, STEPS = 50, 37, 3


def step(image):
    def at(row, column):
        return image[row * WIDTH + column] if 0 <= row < HEIGHT and 0 <= column < WIDTH else 0

    return [4 * at(r, c) + at(r - 1, c) + at(r + 1, c) + at(r, c - 1) + at(r, c + 1)
            for r in range(HEIGHT) for c in range(WIDTH)]


def make(case):
    image = case.random("X", "f32", [HEIGHT, WIDTH], 24, -9, 9)
    case.zeros("Y", "f32", [HEIGHT, WIDTH])
    images = [image]
    for _ in range(STEPS):
        images.append(step(images[-1]))
    case.expect("X", images[2])
    case.expect("Y", images[3])
    for i in range(STEPS):
        buffers = ["X", "Y"] if i % 2 == 0 else ["Y", "X"]
        case.launch("stencil", [-(-WIDTH // 16), -(-HEIGHT // 16)], [16, 16],
                    [*buffers, {"s32": WIDTH}, {"s32": HEIGHT}])
