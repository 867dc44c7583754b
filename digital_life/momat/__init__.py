"""MoMat: the motion library, its search, and blending."""
