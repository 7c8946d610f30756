"""Normal and Student's t: shares below a value, and the values below which a share lies.

The functions of `scipy.special`, which is imported when the first of them is called: that takes a quarter of a second,
and neither the help nor a check of a video calls one.
"""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray

#: Half an interval that holds 95 % of a normal distribution, standard deviations: ``normal_quantile(0.975)``.
NORMAL_95 = 1.959963984540054


def normal_share(value: FloatArray | float) -> FloatArray:
    """Return the share of a standard normal distribution that lies below a value.

    Parameters
    ----------
    value : float or float array

    Returns
    -------
    float array
        0 to 1.
    """
    from scipy.special import ndtr

    return np.asarray(ndtr(value), dtype=np.float64)


def normal_quantile(share: FloatArray | float) -> FloatArray:
    """Return the value below which a share of a standard normal distribution lies.

    Parameters
    ----------
    share : float or float array
        0 to 1.

    Returns
    -------
    float array
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(share), dtype=np.float64)


def t_share(freedom: FloatArray | float, value: FloatArray | float) -> FloatArray:
    """Return the share of Student's t distribution that lies below a value.

    Parameters
    ----------
    freedom : float or float array
        Degrees of freedom; infinite: normal.
    value : float or float array

    Returns
    -------
    float array
        0 to 1.
    """
    from scipy.special import stdtr

    return np.asarray(stdtr(freedom, value), dtype=np.float64)


def t_quantile(freedom: FloatArray | float, share: FloatArray | float) -> FloatArray:
    """Return the value below which a share of Student's t distribution lies.

    Parameters
    ----------
    freedom : float or float array
        Degrees of freedom; infinite: normal.
    share : float or float array
        0 to 1.

    Returns
    -------
    float array

    Examples
    --------
    >>> round(float(t_quantile(9, 0.975)), 3)
    2.262
    """
    from scipy.special import stdtrit

    return np.asarray(stdtrit(freedom, share), dtype=np.float64)
