using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>
/// Finds ports on loopback that nobody listens on, and keeps them for this process until it ends: a port that the system gives out by
/// itself may be gone, to any outgoing connection, before its finder has bound it.
/// </summary>
public static class FreePort
{
    // below the range from which Linux takes ports by itself (32768 and up)
    private const int First = 20_000;
    private const int Last = 31_999;
    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Kept = [];
    private static int next = First + Random.Shared.Next(Last - First);

    /// <summary>A free port that no other test process finds while this one runs.</summary>
    public static int Find()
    {
        lock (Gate)
        {
            for (var tries = 0; tries <= Last - First; tries++)
            {
                next = next == Last ? First : next + 1;
                if (Keep(next) is not { } kept) continue;
                if (IsFree(next))
                {
                    Kept.Add(kept);
                    return next;
                }

                kept.Dispose();
            }
        }

        throw new InvalidOperationException($"No port from {First} to {Last} is free.");
    }

    // the lock is the open file, so that a killed process lets go of it
    private static FileStream? Keep(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"portal-test-ports-{Environment.UserName}"));
        try
        {
            return new FileStream(
                Path.Combine(folder.FullName, port.ToString(CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException trouble)
            {
                if (trouble.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied) return false;
            }
        }

        return true;
    }
}
