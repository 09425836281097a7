#pragma once
#include "traces/cuda/replay/portable/fmt/format.h"
