#include "CHaru.h"
