"""Run as a program: a bare PySide6 window with one label; says when it is painted."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from tests.benchmarks.watch import Painted, turn

app = QApplication(sys.argv[:1])
window = QMainWindow()
text = QLabel("bare")
window.setCentralWidget(text)
window.resize(1440, 900)
window.show()
painted = Painted(text)
while not painted.all():
    turn()
print("painted", flush=True)
window.close()
