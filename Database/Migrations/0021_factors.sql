-- room: Portal/Identity

alter table PortalSession add Amr varchar(60) null;
alter table PortalSession add SecondFactorAt datetime2(3) null;
alter table TokenGrant add Amr varchar(60) null;
alter table TokenGrant add Acr varchar(40) null;
alter table SignInAttempt add Method varchar(10) null;

create table Totp (
    PersonId varchar(30) not null constraint PK_Totp primary key constraint FK_Totp_Person references Person (Id),
    ProtectedSecret varchar(400) not null,
    LastStep bigint not null,
    CreatedAt datetime2(3) not null
);

create table RecoveryCode (
    PersonId varchar(30) not null constraint FK_RecoveryCode_Person references Person (Id),
    CodeHash varchar(64) not null,
    CreatedAt datetime2(3) not null,
    UsedAt datetime2(3) null,
    constraint PK_RecoveryCode primary key (PersonId, CodeHash)
);

create table Passkey (
    Id varchar(30) not null constraint PK_Passkey primary key,
    PersonId varchar(30) not null constraint FK_Passkey_Person references Person (Id),
    CredentialHash varchar(64) not null constraint UQ_Passkey_CredentialHash unique,
    CredentialId varchar(1400) not null,
    PublicKey varchar(1400) not null,
    SignCount bigint not null,
    Transports varchar(100) not null,
    IsBackupEligible bit not null,
    IsBackedUp bit not null,
    Name nvarchar(60) not null,
    CreatedAt datetime2(3) not null,
    LastUsedAt datetime2(3) null
);

create index IX_Passkey_PersonId on Passkey (PersonId, CreatedAt);

create table UnlockLink (
    TokenHash varchar(64) not null constraint PK_UnlockLink primary key,
    EmailHash varchar(64) not null,
    PersonId varchar(30) null constraint FK_UnlockLink_Person references Person (Id),
    Ip varchar(45) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);

create index IX_UnlockLink_EmailHash on UnlockLink (EmailHash, CreatedAt);

create table ParkedForm (
    TokenHash varchar(64) not null constraint PK_ParkedForm primary key,
    SessionId varchar(30) not null constraint FK_ParkedForm_PortalSession references PortalSession (Id),
    ProtectedForm nvarchar(max) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null
);

create index IX_ParkedForm_ExpiresAt on ParkedForm (ExpiresAt);
