# SPDX-License-Identifier: Apache-2.0
"""What lies beside the log and is not for everybody: personal fields, evidence files, and who was shown them."""
