-- room: Portal/Identity

create table SessionOrigin (
    SessionId varchar(30) not null constraint PK_SessionOrigin primary key
        constraint FK_SessionOrigin_PortalSession references PortalSession (Id),
    IssuerKey varchar(30) not null,
    SubjectHash varchar(64) not null,
    SidHash varchar(64) null,
    CreatedAt datetime2(3) not null
);

create index IX_SessionOrigin_SubjectHash on SessionOrigin (SubjectHash, IssuerKey);
create index IX_SessionOrigin_SidHash on SessionOrigin (SidHash, IssuerKey);

create table LogoutToken (
    TokenHash varchar(64) not null constraint PK_LogoutToken primary key,
    ExpiresAt datetime2(3) not null
);

create index IX_LogoutToken_ExpiresAt on LogoutToken (ExpiresAt);

create table CompanyIssuer (
    Id varchar(30) not null constraint PK_CompanyIssuer primary key,
    AccountId varchar(30) not null constraint FK_CompanyIssuer_Account references Account (Id)
        constraint UQ_CompanyIssuer_AccountId unique,
    Issuer nvarchar(300) not null,
    ClientId nvarchar(200) not null,
    ProtectedSecret nvarchar(2000) not null,
    ExtraScopes nvarchar(200) not null,
    GroupsClaim nvarchar(60) not null,
    DefaultRole varchar(30) null,
    TrustsEmail bit not null,
    IsOn bit not null,
    IsMandatory bit not null,
    CreatedAt datetime2(3) not null,
    ChangedAt datetime2(3) not null,
    ChangedBy varchar(30) not null constraint FK_CompanyIssuer_Person references Person (Id)
);

create index IX_CompanyIssuer_Issuer on CompanyIssuer (Issuer, ClientId);

create table CompanyGroup (
    CompanyIssuerId varchar(30) not null constraint FK_CompanyGroup_CompanyIssuer references CompanyIssuer (Id),
    AccountId varchar(30) not null constraint FK_CompanyGroup_Account references Account (Id),
    GroupName nvarchar(200) not null,
    Role varchar(30) not null,
    Position int not null,
    constraint PK_CompanyGroup primary key (CompanyIssuerId, GroupName)
);

create table CompanyDomain (
    Id varchar(30) not null constraint PK_CompanyDomain primary key,
    AccountId varchar(30) not null constraint FK_CompanyDomain_Account references Account (Id),
    CompanyIssuerId varchar(30) not null constraint FK_CompanyDomain_CompanyIssuer references CompanyIssuer (Id),
    Domain varchar(253) not null,
    MailedTo nvarchar(254) null,
    TokenHash varchar(64) null,
    AskedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    VerifiedAt datetime2(3) null,
    VerifiedBy varchar(10) null constraint CK_CompanyDomain_VerifiedBy check (VerifiedBy in ('mail', 'operator')),
    constraint UQ_CompanyDomain_Domain unique (CompanyIssuerId, Domain)
);

create unique index UQ_CompanyDomain_Verified on CompanyDomain (Domain) where VerifiedAt is not null;
create unique index UQ_CompanyDomain_TokenHash on CompanyDomain (TokenHash) where TokenHash is not null;

create table CompanyMember (
    SubjectHash varchar(64) not null constraint PK_CompanyMember primary key,
    CompanyIssuerId varchar(30) not null constraint FK_CompanyMember_CompanyIssuer references CompanyIssuer (Id),
    AccountId varchar(30) not null constraint FK_CompanyMember_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_CompanyMember_Person references Person (Id),
    Role varchar(30) not null,
    IsProvisioned bit not null,
    CreatedAt datetime2(3) not null,
    SignedInAt datetime2(3) not null
);

create index IX_CompanyMember_PersonId on CompanyMember (PersonId, AccountId);
