# SPDX-License-Identifier: Apache-2.0
"""Working findings (疑点办理): what auditors did about each, how long it stands there, what came back, what is at risk."""
