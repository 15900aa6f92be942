using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>Finds ports on loopback that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A free port: the system gives each asker another one until it has been through its range.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
