import Testing

import Shapes
