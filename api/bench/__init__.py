# SPDX-License-Identifier: Apache-2.0
"""Measuring whole commands against named baselines in the same run."""
