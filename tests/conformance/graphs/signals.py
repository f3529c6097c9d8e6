"""The operators of TFLM's signal library: fixed-point audio front ends, most of them with state."""

import numpy as np
from graph import Graph
from state import custom, sequence


def windows():
    for rows, size, shift in ((1, 480, 12), (3, 8, 12), (2, 16, 3), (1, 5, 15)):
        g = Graph(f"window_{rows}_{size}_{shift}")
        x = g.input("int16", [rows, size])
        window = g.const(g.rng.integers(0, 4097, size), np.int16)
        custom(g, "SignalWindow", [x, window], [g.output("int16", [rows, size])], shift=shift)
        yield sequence(g)


def scales():
    for most in (32767, 3000, 100, 1, 0):
        g = Graph(f"fft_auto_scale_{most}")
        x = g.input("int16", [64], low=-most, high=most)
        custom(g, "SignalFftAutoScale", [x], [g.output("int16", [64]), g.output("int32", [])])
        yield sequence(g)


def transforms():
    for length, inputs, rows in ((64, 64, 1), (64, 50, 3), (128, 128, 1), (256, 200, 2), (512, 480, 1), (1024, 1024, 1)):
        for most in (32767, 4000):
            g = Graph(f"rfft_{length}_{inputs}_{rows}_{most}")
            x = g.input("int16", [rows, inputs], low=-most, high=most)
            custom(g, "SignalRfft", [x], [g.output("int16", [rows, length + 2])], T=7, fft_length=length)
            yield sequence(g, 2)


def inverse_transforms():
    for length, rows in ((64, 1), (128, 2), (256, 1), (512, 1)):
        for most in (32767, 4000):
            g = Graph(f"irfft_{length}_{rows}_{most}")
            x = g.input("int16", [rows, length + 2], low=-most, high=most)
            custom(g, "SignalIrfft", [x], [g.output("int16", [rows, length])], T=7, fft_length=length)
            yield sequence(g, 2)


def energies():
    for count, begin, end in ((33, 0, 33), (257, 0, 257), (8, 0, 8)):
        g = Graph(f"energy_{count}_{begin}_{end}")
        x = g.input("int16", [2 * count], low=-32767)
        custom(g, "SignalEnergy", [x], [g.output("uint32", [count])], start_index=begin, end_index=end)
        yield sequence(g)


def banks():
    for channels, width in ((4, 3), (10, 7), (40, 6)):
        g = Graph(f"filter_bank_{channels}_{width}")
        rows = channels + 1
        x = g.input("uint32", [rows * width], low=0, high=2**31)
        weights = g.rng.integers(0, 4097, rows * width)
        starts, widths = np.arange(rows) * width, g.rng.integers(0, width + 1, rows)
        tables = [g.const(each, np.int16) for each in (weights, 4096 - weights, starts, starts, widths)]
        custom(g, "SignalFilterBank", [x, *tables], [g.output("uint64", [channels])], num_channels=channels)
        yield sequence(g)


def roots():
    for bits in (0, 5, 12):
        g = Graph(f"filter_bank_square_root_{bits}")
        x = g.input("uint64", [40], low=0, high=[2**63 - 1, 2**40, 2**31][bits % 3])
        shift = g.input("int32", [], low=bits, high=bits)
        custom(g, "SignalFilterBankSquareRoot", [x, shift], [g.output("uint32", [40])])
        yield sequence(g)


def subtractions():
    for clamping in (0, 1):
        for bits in (0, 10):
            g = Graph(f"spectral_subtraction_{clamping}_{bits}")
            x = g.input("uint32", [12], low=0, high=2**20)
            outputs = [g.output("uint32", [12]), g.output("uint32", [12])]
            custom(g, "SignalFilterBankSpectralSubtraction", [x], outputs, alternate_one_minus_smoothing=15401,
                   alternate_smoothing=983, clamping=bool(clamping), min_signal_remaining=819, num_channels=12,
                   one_minus_smoothing=15974, smoothing=410, smoothing_bits=bits, spectral_subtraction_bits=14)
            yield sequence(g, 6)


def gains():
    for shift in (6, 12):
        g = Graph(f"pcan_{shift}")
        x, noise = g.input("uint32", [20], low=0, high=2**20), g.input("uint32", [20], low=0, high=2**24)
        table = g.const(g.rng.integers(-2000, 32767, 125), np.int16)
        custom(g, "SignalPCAN", [x, noise, table], [g.output("uint32", [20])], snr_shift=shift)
        yield sequence(g)


def logarithms():
    for bits, scale, most in ((3, 64, 2**28), (0, 1600, 2**32 - 1), (0, 64, 100)):
        g = Graph(f"filter_bank_log_{bits}_{scale}_{most}")
        x = g.input("uint32", [40], low=0, high=most)
        custom(g, "SignalFilterBankLog", [x], [g.output("int16", [40])], input_correction_bits=bits, output_scale=scale)
        yield sequence(g)


def delays():
    for rows, frame, delay in ((1, 10, 3), (2, 10, 10), (3, 4, 11), (1, 1, 1)):
        g = Graph(f"delay_{rows}_{frame}_{delay}")
        x = g.input("int16", [rows, frame])
        custom(g, "SignalDelay", [x], [g.output("int16", [rows, frame])], delay_length=delay)
        yield sequence(g, 5)


def framers():
    for rows, inputs, size, step in ((1, 16, 8, 4), (2, 12, 10, 4), (1, 160, 480, 160), (1, 5, 5, 5)):
        g = Graph(f"framer_{rows}_{inputs}_{size}_{step}")
        x = g.input("int16", [rows, inputs])
        y, valid = g.output("int16", [rows, inputs // step, size]), g.output("bool", [])
        custom(g, "SignalFramer", [x], [y, valid], frame_size=size, frame_step=step, prefill=True)
        yield sequence(g, 5)


def overlaps():
    for dtype, code in (("int16", 7), ("float32", 0)):
        for rows, frames, size, step in ((1, 1, 8, 4), (2, 3, 10, 4), (1, 2, 5, 5)):
            g = Graph(f"overlap_add_{dtype}_{rows}_{frames}_{size}_{step}")
            x = g.input(dtype, [rows, frames, size])
            custom(g, "SignalOverlapAdd", [x], [g.output(dtype, [rows, frames * step])], T=code, frame_step=step)
            yield sequence(g, 4)


def stackers():
    for channels, left in ((4, 2), (1, 0), (10, 3)):
        g = Graph(f"stacker_{channels}_{left}")
        x = g.input("int16", [channels])
        y, valid = g.output("int16", [channels * (left + 1)]), g.output("bool", [])
        custom(g, "SignalStacker", [x], [y, valid], num_channels=channels, stacker_left_context=left,
               stacker_right_context=0, stacker_step=1)
        yield sequence(g, 6)


def cases():
    for family in (windows, scales, transforms, inverse_transforms, energies, banks, roots, subtractions, gains, logarithms, delays, framers,
                   overlaps, stackers):
        yield from family()
