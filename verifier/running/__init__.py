# SPDX-License-Identifier: Apache-2.0
"""A judgement that goes on: each new entry has only what it touches judged again, and a sweep only what fell due."""
