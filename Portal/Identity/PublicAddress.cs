using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Portal.Identity;

/// <summary>The address under which people reach the portal: for links in mails, redirect addresses and the issuer's name.</summary>
public sealed class PublicAddress(IOptions<IdentityOptions> options, IServer server)
{
    /// <summary>Without a slash at the end. Never taken from a request, whose Host anybody may set.</summary>
    public string Root => options.Value.PublicUrl.Length > 0 ? options.Value.PublicUrl.TrimEnd('/') : Listening;

    /// <summary>The address of one of our pages; <paramref name="path"/> begins with a slash.</summary>
    public string Of(string path) => Root + path;

    internal string Issuer => options.Value.IsOwnProvider ? Root : options.Value.Issuer.TrimEnd('/');

    // the own provider is this process: its public name need not resolve here
    internal string Backchannel => options.Value switch
    {
        { Backchannel.Length: > 0 } set => set.Backchannel.TrimEnd('/'),
        { IsOwnProvider: true } => Listening,
        _ => Issuer,
    };

    private string Listening
    {
        get
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var first = addresses.FirstOrDefault(address => address.StartsWith("http://", StringComparison.Ordinal)) ?? addresses.FirstOrDefault()
                ?? throw new InvalidOperationException(
                    "The portal listens on no address yet; set Portal:Identity:PublicUrl when addresses are needed before the start.");
            var address = BindingAddress.Parse(first);
            var host = address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "localhost" : address.Host;
            return string.Create(null, $"{address.Scheme}://{host}:{address.Port}");
        }
    }
}
