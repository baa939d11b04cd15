# SPDX-License-Identifier: Apache-2.0
"""The public pages: drawn on the server, whole without script, in Chinese and in English."""
